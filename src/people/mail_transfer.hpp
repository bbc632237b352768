// One mail over SMTP -> what the server says to it, within bounded time, by libcurl.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "fat/people/sink.hpp"
#include "people/post_files.hpp"
#include "people/transfer_limits.hpp"

namespace fat {

struct Mail {
  std::string server;  ///< "smtp://mail.example.org:587"
  std::string user, password;
  std::filesystem::path ca_file;
  bool demands_starttls = true;  ///< nothing but that is said before the line is encrypted
  std::string from, to;          ///< addresses
  std::vector<std::string> headers;
  std::string body;  ///< UTF-8, CRLF at line ends
  std::vector<PostFile> files;
};

/// `limits.connect` holds until the server has taken our login, `limits.total` for all: a server
/// may look through a mail before it takes it, and who hangs up meanwhile sends it twice.
/// 4xx and no answer: later. 5xx to the receiver or to this mail: rejected. 5xx to anything else,
/// no STARTTLS, a certificate nobody vouches for, a wrong password: misconfigured.
PostResult send_mail(const Mail& mail, const TransferLimits& limits, const std::stop_token& stop);

}  // namespace fat

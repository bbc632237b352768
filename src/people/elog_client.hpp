// Requests to one PSI ELOG -> its answers, by libcurl. No secret in what it says.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "fat/model/logbook_entry.hpp"
#include "people/transfer_limits.hpp"

namespace fat {

struct ElogAnswer {
  long status = 0;       ///< 0: there was no answer; `error` says why
  std::string location;  ///< of a 302
  std::string body;      ///< at most 4 MiB
  std::string error;
};

struct ElogFile {
  std::string name;
  std::filesystem::path file;
};

/// Fields of a form, in order.
using ElogFields = std::vector<std::pair<std::string, std::string>>;

class ElogClient {
 public:
  /// `login`: what stands in a cookie, "unm=anna; upwd=..."; empty: none. It is never shown.
  ElogClient(const RemoteLogbook& logbook, std::string login, TransferLimits limits)
      : logbook_(logbook), login_(std::move(login)), limits_(limits) {}

  /// As multipart/form-data, each field a part.
  ElogAnswer submit(const ElogFields& fields,
                    const std::vector<ElogFile>& files,
                    const std::stop_token& stop) const;

  /// `path` behind the logbook: "12?cmd=download". What comes from elsewhere in it is escaped().
  ElogAnswer get(const std::string& path, const std::stop_token& stop) const;

 private:
  const RemoteLogbook& logbook_;
  std::string login_;
  TransferLimits limits_;
};

/// As part of a URL.
std::string escaped_in_url(const std::string& text);

}  // namespace fat

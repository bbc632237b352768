// A post -> the headers and the text of a mail (RFC 5322, RFC 2047). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fat/people/sink.hpp"

namespace fat {

struct MailParties {
  std::string station;
  std::string from, to;  ///< addresses
};

/// "<12-345-1795212132000000@example.org>": the same each time the post is tried, so that a
/// receiver drops a repetition.
std::string message_id(const Post& post, const std::string& from);

/// All but what MIME adds. The mails of a run refer to its first one. Nothing in a post can add a
/// line.
std::vector<std::string> mail_headers(const Post& post, const MailParties& parties);

/// The station, how urgent it is, the run and the first words; one line, not encoded.
std::string mail_subject(const Post& post, const std::string& station);

/// As it stands in a header: encoded and folded when it is not plain ASCII.
std::string header_text(std::string_view text);

/// "Sat, 21 Nov 2026 20:22:12 +0000".
std::string mail_date(WallTime when);

/// Valid UTF-8, CRLF at line ends; very long texts lose their middle.
std::string mail_body(std::string_view text);

}  // namespace fat

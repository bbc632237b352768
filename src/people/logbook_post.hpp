// What a remote logbook is to hold <-> the text of a stored message: lines "Name: value", an empty
// line, the text, as in a mail.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/model/log_entry.hpp"

namespace fat {

struct LogbookPost {
  WallTime at;                                ///< of the event
  std::map<std::string, std::string> values;  ///< of kLogbookVariables, as far as there are any
  std::vector<LogAttachment> attachments;
  std::string text;
};

std::string to_message_text(const LogbookPost& post);

/// What is not of that form is all text.
LogbookPost logbook_post_of(std::string_view message);

}  // namespace fat

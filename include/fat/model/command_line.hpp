// Text of a `command` -> the words it is started with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// `problem` is empty when `words` is the command, program first.
struct CommandWords {
  std::vector<std::string> words;
  std::string problem;  ///< "a ' quote is not closed", "the command is empty"
};

/// Splits like a shell does: white space (also line ends) separates, '...' is literal, inside "..."
/// a backslash escapes only $ ` " \ and a line end, outside it escapes anything. Nothing is
/// expanded: no variables, no globs, no comments.
CommandWords split_command(std::string_view text);

/// One line that a shell would split into exactly these words, for messages.
std::string join_command(const std::vector<std::string>& words);

}  // namespace fat

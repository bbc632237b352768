// One command of the command line: its name, its options, its function.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// The command line is wrong: exit code 2. The text says what, and what would be right.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Ends the command with a sentence on stderr and that exit code.
class CommandError : public std::runtime_error {
 public:
  CommandError(int exit_code, const std::string& text)
      : std::runtime_error(text), exit_code_(exit_code) {}

  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

/// An option or operand a command knows. `value` is empty for a flag; an operand's name has no
/// dashes.
struct OptionInfo {
  std::string name;   ///< "--batch", "-f", or "SCHEDULE" for an operand
  std::string value;  ///< what follows it, for help: "STEP"; empty: a flag
  std::string help;   ///< one line
  bool required = false;
  bool repeated = false;  ///< may be given several times; a repeated operand takes the rest
};

/// What was given, checked against the command's options.
class Arguments {
 public:
  /// Throws UsageError naming an unknown option (with a suggestion), a missing value or operand, or
  /// one too many.
  Arguments(const std::string& command,
            const std::vector<OptionInfo>& known,
            const std::vector<std::string>& words);

  /// Words nobody looks at: of a command that passes them on.
  explicit Arguments(std::vector<std::string> rest) : rest_(std::move(rest)) {}

  bool has(std::string_view name) const;
  /// Empty when it was not given.
  std::string value(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;

  const std::vector<std::string>& rest() const { return rest_; }

 private:
  struct Given {
    std::string name, value;
  };

  std::vector<Given> given_;
  std::vector<std::string> rest_;
};

/// What every command knows: what stood before its name.
struct Invocation {
  std::filesystem::path station;  ///< -C DIR, absolute; default: the current folder
  std::string as;                 ///< --as NAME; empty: the login name
  bool virtual_station = false;   ///< --virtual
  Arguments arguments;
  std::vector<std::string> words;  ///< as they stood behind the command's name
};

struct Command {
  std::string name;
  std::string summary;  ///< one line
  std::string details;  ///< paragraphs for --help, may be empty
  std::vector<OptionInfo> options;
  int (*function)(const Invocation&);
  bool hidden = false;           ///< not in the list of commands
  bool passes_words_on = false;  ///< its words are not options of ours: Arguments::rest()
};

/// All commands, in the order of the help text.
const std::vector<Command>& commands();

}  // namespace fat

// What is wrong with a file that a person wrote, and where.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace fat {

enum class Severity { Error, Warning, Note };

/// A place in a text file. `line` counts from 1; 0 means the file as a whole.
struct SourceLine {
  std::string file;
  int line = 0;

  bool operator==(const SourceLine&) const = default;
};

struct Problem {
  Severity severity = Severity::Error;
  SourceLine where;
  std::string message;

  bool operator==(const Problem&) const = default;
};

/// "cold_fat.ini:41: unknown key 'voltge' in [gain_room]; did you mean 'voltage'?" A warning or a
/// note says so after the place.
std::string to_text(const Problem& problem);

bool has_errors(const std::vector<Problem>& problems);

/// A schedule, run or station file is wrong: carries every problem at once. Exit code 3.
class FileError : public std::exception {
 public:
  explicit FileError(std::vector<Problem> problems);

  /// All problems, one a line.
  const char* what() const noexcept override { return text_.c_str(); }

  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
  std::string text_;
};

}  // namespace fat

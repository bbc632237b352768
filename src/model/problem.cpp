// Problems of a file -> the lines that people read.
#include "fat/model/problem.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

std::string_view label(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "";
    case Severity::Warning:
      return "warning: ";
    case Severity::Note:
      return "note: ";
  }
  return "";
}

std::string place(const SourceLine& where) {
  if (where.file.empty()) {
    return where.line > 0 ? fmt::format("line {}: ", where.line) : "";
  }
  return where.line > 0 ? fmt::format("{}:{}: ", where.file, where.line)
                        : fmt::format("{}: ", where.file);
}

}  // namespace

std::string to_text(const Problem& problem) {
  return fmt::format("{}{}{}", place(problem.where), label(problem.severity), problem.message);
}

bool has_errors(const std::vector<Problem>& problems) {
  return std::ranges::any_of(
      problems, [](const Problem& problem) { return problem.severity == Severity::Error; });
}

FileError::FileError(std::vector<Problem> problems) : problems_{std::move(problems)} {
  for (const Problem& problem : problems_) {
    text_ += text_.empty() ? "" : "\n";
    text_ += to_text(problem);
  }
}

}  // namespace fat

// What is wrong within one section -> problems with file and line.
#pragma once

#include <string>
#include <string_view>

#include "fat/plan/ini_file.hpp"
#include "plan/problem_list.hpp"

namespace fat {

/// Short-lived: borrows everything it is given.
class SectionReport {
 public:
  SectionReport(const std::string& file, const IniSection& section, ProblemList& problems)
      : file_(file), section_(section), problems_(problems) {}

  /// At the section's own line: "[gain] <what>".
  void error(std::string_view what);
  /// At the key's line: "'timeout' in [gain]: <what>".
  void error(const IniKey& key, std::string_view what);
  void warning(const IniKey& key, std::string_view what);
  /// "'timeout' in [gain]: '90' is not <expected>".
  void wrong(const IniKey& key, std::string_view expected);

  std::string suggest(std::string_view word, const std::vector<std::string>& candidates) const {
    return problems_.suggest(word, candidates);
  }

  const IniSection& section() const { return section_; }

  SourceLine line(const IniKey& key) const { return {file_, key.line}; }

 private:
  std::string text(const IniKey& key, std::string_view what) const;

  const std::string& file_;
  const IniSection& section_;
  ProblemList& problems_;
};

}  // namespace fat

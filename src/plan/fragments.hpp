// Sections that use fragments -> their steps, repeated and with their parameters filled in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fat/plan/ini_file.hpp"
#include "plan/step_reader.hpp"
#include "plan/substitution.hpp"

namespace fat {

/// Borrows the file, the reader and the problems.
class Fragments {
 public:
  /// Finds the [fragment NAME] sections of the file and their members [NAME/...].
  Fragments(const IniFile& file, StepReader& reader, ProblemList& problems);

  /// True for [fragment NAME] and its members: they are no steps by themselves.
  bool owns(const IniSection& section) const { return owned_.contains(&section); }

  /// Appends the section's step, or all the steps of the fragment it uses.
  void expand(const IniSection& section, StepList list, std::vector<Step>& steps);

  /// A fragment nobody uses is never checked: a warning.
  void report_unused();

 private:
  struct Fragment {
    const IniSection* header = nullptr;
    std::vector<std::string> parameters;
    std::vector<const IniSection*> members;
    bool used = false;
  };

  /// One place where a section is expanded.
  struct Place {
    std::string title;
    StepList list = StepList::Main;
    const Parameters* parameters = nullptr;
  };

  void find_headers();
  void find_members();
  void read_header(const IniSection& section, std::string name);
  void expand_at(const IniSection& raw, const Place& place, std::vector<Step>& steps);
  void use(const IniSection& section,
           const IniKey& name,
           const Place& place,
           std::vector<Step>& steps);
  void repeat(const std::string& name,
              const Place& place,
              std::optional<int> times,
              std::vector<Step>& steps);
  static std::optional<int> repeat_of(const IniSection& section, SectionReport& report);
  static Parameters bind(const IniSection& section,
                         const Fragment& fragment,
                         SectionReport& report);
  bool may_use(const std::string& name, const IniKey& key, SectionReport& report);
  bool within_limits(const IniSection& section, const Place& place);
  static void check_parameters(std::vector<std::string>& names, SectionReport& report);

  static constexpr std::size_t kMaxExpanded = std::size_t{256} << 20U;  // bytes

  const IniFile& file_;
  StepReader& reader_;
  ProblemList& problems_;
  Substitution substitution_;
  std::unordered_map<std::string, Fragment> fragments_;
  std::vector<std::string> names_;  // of the fragments, in file order
  std::unordered_set<const IniSection*> owned_;
  std::vector<std::string> open_;  // names of the fragments being expanded, outermost first
  std::size_t visits_ = 0;
  std::size_t left_ = kMaxExpanded;
};

}  // namespace fat

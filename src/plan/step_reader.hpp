// One section, its ${...} replaced -> a step, or what is wrong with the section.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "fat/model/plan.hpp"
#include "plan/section_report.hpp"

namespace fat {

/// What holds for all steps of a plan.
struct StepDefaults {
  bool prefer_builtin = false;  ///< of [constants]
  bool run_backup = false;      ///< the station has a backup target
  std::vector<std::filesystem::path>
      folders;  ///< where programs named by a relative path are looked for
};

class StepReader {
 public:
  /// Borrows the catalog and the problems.
  StepReader(const TaskCatalog& catalog, StepDefaults defaults, ProblemList& problems)
      : catalog_(catalog), defaults_(std::move(defaults)), problems_(problems) {}

  /// nullopt when nothing says what the step is; any other mistake is reported and the step
  /// returned all the same.
  std::optional<Step> read(const IniSection& section,
                           std::string title,
                           StepList list,
                           const std::string& file);

 private:
  std::optional<Step> identify(SectionReport& report);
  std::string work_hint(const std::string& name) const;
  std::optional<Step> identify_task(const IniKey& task, SectionReport& report);
  static std::optional<Step> identify_builtin(const TaskInfo& info, SectionReport& report);
  static std::optional<Step> identify_python(const IniKey& task,
                                             const IniKey& package,
                                             SectionReport& report);
  static Step identify_command(const IniKey& command, SectionReport& report);
  void check_command(const IniKey& command, const Step& step, SectionReport& report);
  static void check_safe_state(Step& step, SectionReport& report);
  static void check_lanes(Step& step, StepList list, SectionReport& report);

  const TaskCatalog& catalog_;
  StepDefaults defaults_;
  ProblemList& problems_;
  std::unordered_set<std::string> programs_;  // that were looked for already
};

/// The key that says what the section does: its own `task`, `command` or `fragment`, else one of
/// [DEFAULT]; nullptr when there is none.
const IniKey* find_work(const IniSection& section);

}  // namespace fat

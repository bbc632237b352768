// Sections of the schedule and of the station file -> the three lists of steps.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fat/model/plan.hpp"
#include "fat/plan/station_file.hpp"
#include "plan/fragments.hpp"
#include "plan/step_reader.hpp"

namespace fat {

/// Fills `steps`, `safe_state` and `on_resume` of a plan. Borrows everything it is given.
class PlanBuilder {
 public:
  PlanBuilder(const IniFile& schedule,
              const StationFile& station,
              StepReader& reader,
              ProblemList& problems);

  void build(Plan& plan);

 private:
  void take_station_list(const StepNames& names, StepList list, std::vector<Step>& steps);
  void take_schedule_list(std::string_view name,
                          const StepNames& of_station,
                          StepList list,
                          std::vector<Step>& steps);
  void take_named(const std::string& name,
                  const StepNames& of_station,
                  const IniKey& key,
                  StepList list,
                  std::vector<Step>& steps);
  void take_main(std::vector<Step>& steps);
  bool is_step(const IniSection& section) const;
  const IniSection* find(std::string_view name) const;
  /// Reports titles from `from` on that somebody else has, or that cannot be shown.
  void claim_titles(const std::vector<Step>& steps, std::size_t from);

  const IniFile& schedule_;
  const StationFile& station_;
  ProblemList& problems_;
  Fragments fragments_, station_fragments_;
  std::unordered_map<std::string_view, const IniSection*> by_name_;
  std::unordered_set<const IniSection*> taken_;  // by [safe_state] or [on_resume]
  std::unordered_map<std::string, SourceLine> titles_;
};

}  // namespace fat

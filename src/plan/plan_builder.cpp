// Sections of the schedule and of the station file -> the three lists of steps.
#include "plan/plan_builder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "plan/raw_text.hpp"
#include "plan/section_report.hpp"
#include "plan/step_names.hpp"
#include "plan/step_order.hpp"

namespace fat {

namespace {

constexpr std::string_view kSafeState = "safe_state";
constexpr std::string_view kOnResume = "on_resume";

bool contains(const StepNames& list, const std::string& name) {
  return std::ranges::find(list.names, name) != list.names.end();
}

}  // namespace

PlanBuilder::PlanBuilder(const IniFile& schedule,
                         const StationFile& station,
                         StepReader& reader,
                         ProblemList& problems)
    : schedule_(schedule),
      station_(station),
      problems_(problems),
      fragments_(schedule, reader, problems),
      station_fragments_(station.steps, reader, problems) {
  for (const IniSection& section : schedule.sections) {
    by_name_.emplace(section.name, &section);
  }
  if (!station.station.backups.empty()) {
    titles_.emplace("backup", SourceLine{station.steps.name, 0});
  }
}

void PlanBuilder::build(Plan& plan) {
  take_station_list(station_.safe_state, StepList::SafeState, plan.safe_state);
  take_station_list(station_.on_resume, StepList::OnResume, plan.on_resume);
  take_schedule_list(kSafeState, station_.safe_state, StepList::SafeState, plan.safe_state);
  take_schedule_list(kOnResume, station_.on_resume, StepList::OnResume, plan.on_resume);
  take_main(plan.steps);
  fragments_.report_unused();
}

void PlanBuilder::take_station_list(const StepNames& names,
                                    StepList list,
                                    std::vector<Step>& steps) {
  for (const auto& name : names.names) {
    const auto& sections = station_.steps.sections;
    const auto found =
        std::ranges::find_if(sections, [&](const auto& section) { return section.name == name; });
    if (found == sections.end()) {
      problems_.error({station_.steps.name, names.line},
                      fmt::format("no section [{}], which 'steps' names", shortened(name)));
      continue;
    }
    const std::size_t before = steps.size();
    station_fragments_.expand(*found, list, steps);
    claim_titles(steps, before);
  }
}

void PlanBuilder::take_schedule_list(std::string_view name,
                                     const StepNames& of_station,
                                     StepList list,
                                     std::vector<Step>& steps) {
  const IniSection* section = find(name);
  if (section == nullptr) {
    return;
  }
  SectionReport report{schedule_.name, *section, problems_};
  const IniKey* names = nullptr;
  for (const IniKey& key : section->keys) {
    if (key.name == "steps") {
      names = &key;
    } else if (!key.inherited) {
      report.error(key, "unknown key" + report.suggest(key.name, {"steps"}));
    }
  }
  if (names == nullptr) {
    report.error("lacks 'steps'");
    return;
  }
  for (const auto& each : read_step_names(*names, report).names) {
    take_named(each, of_station, *names, list, steps);
  }
}

void PlanBuilder::take_named(const std::string& name,
                             const StepNames& of_station,
                             const IniKey& key,
                             StepList list,
                             std::vector<Step>& steps) {
  const IniSection* section = find(name);
  if (section == nullptr && contains(of_station, name)) {
    return;  // the station has it in this list already
  }
  const SourceLine where{schedule_.name, key.line};
  if (section == nullptr || !is_step(*section)) {
    std::vector<std::string> candidates;
    for (const IniSection& each : schedule_.sections) {
      constexpr std::size_t most_candidates = 5000;
      if (candidates.size() < most_candidates && is_step(each)) {
        candidates.push_back(each.name);
      }
    }
    problems_.error(where,
                    fmt::format("no step [{}], which 'steps' names{}",
                                shortened(name),
                                problems_.suggest(name, candidates)));
    return;
  }
  if (!taken_.insert(section).second) {
    problems_.error(
        where,
        fmt::format("[{}] stands in both [safe_state] and [on_resume]; give each its own",
                    shortened(name)));
    return;
  }
  const std::size_t before = steps.size();
  fragments_.expand(*section, list, steps);
  claim_titles(steps, before);
}

void PlanBuilder::take_main(std::vector<Step>& steps) {
  bool any = false;
  for (const IniSection& section : schedule_.sections) {
    if (is_step(section) && !taken_.contains(&section)) {
      any = true;
      if (!section.keys.empty()) {  // an empty one is reported already
        fragments_.expand(section, StepList::Main, steps);
      }
    }
  }
  claim_titles(steps, 0);
  resolve_after(steps, problems_);
  if (!any) {
    problems_.error({schedule_.name, 0}, "has no steps");
  }
}

bool PlanBuilder::is_step(const IniSection& section) const {
  return section.name != "constants" && section.name != kSafeState && section.name != kOnResume &&
         !fragments_.owns(section);
}

const IniSection* PlanBuilder::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

void PlanBuilder::claim_titles(const std::vector<Step>& steps, std::size_t from) {
  for (std::size_t i = from; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (has_control_character(step.title)) {
      problems_.error(step.source,
                      fmt::format("the title {} holds a control character", in_quotes(step.title)));
    }
    const auto [known, is_new] = titles_.emplace(step.title, step.source);
    if (!is_new) {
      const SourceLine& other = known->second;
      const auto place = other.line == 0 ? "the backups of " + other.file
                                         : fmt::format("{}:{}", other.file, other.line);
      problems_.error(step.source,
                      fmt::format("the title {} is that of {} too; give each step its own",
                                  in_quotes(step.title),
                                  place));
    }
  }
}

}  // namespace fat

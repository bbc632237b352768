// The straight way of a plan: file -> sections -> constants -> steps -> modules, problems on the
// way.
#include "fat/plan/schedule_loader.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "fat/model/lower_case.hpp"
#include "fat/model/run_paths.hpp"
#include "plan/constants.hpp"
#include "plan/plan_builder.hpp"
#include "plan/problem_list.hpp"
#include "plan/raw_text.hpp"
#include "plan/read_file.hpp"
#include "plan/service_keys.hpp"
#include "plan/step_reader.hpp"

namespace fat {

namespace {

using Folders = std::vector<std::filesystem::path>;

/// Between the targets' own time-outs and that of the whole step.
constexpr auto kBackupReserve = std::chrono::minutes{1};

Step backup_step(const std::vector<BackupTarget>& targets) {
  Step step;
  step.title = "backup";
  step.kind = StepKind::Builtin;
  step.task = "backup";
  step.recovery = Recovery::Rerun;
  step.on_failure = OnFailure::Continue;
  step.timeout = std::accumulate(targets.begin(),
                                 targets.end(),
                                 Microseconds{kBackupReserve},
                                 [](auto sum, const auto& target) { return sum + target.timeout; });
  return step;
}

/// Loads one plan.
class Loader {
 public:
  Loader(const ScheduleRequest& request, const TaskCatalog& catalog, const StationFile& station)
      : request_(request),
        catalog_(catalog),
        station_(station),
        shown_name_(printable_path(request.schedule)) {
    std::error_code ignored;  // a current folder that was removed has no name
    const auto current = request.current_folder.empty()
                             ? std::filesystem::current_path(ignored)
                             : std::filesystem::absolute(request.current_folder, ignored);
    station_first_ = {station.station.folder, current};
    current_first_ = {current, station.station.folder};
  }

  LoadedPlan load() {
    for (const Problem& problem : station_.problems) {
      problems_.add(problem);
    }
    result_.plan.schedule_file = find_in(request_.schedule, current_first_).string();
    const auto [text, problem] = read_file(result_.plan.schedule_file);
    if (problem.empty()) {
      load_text(text);
    } else {
      const bool missing = problem == kNoSuchFile && request_.schedule.is_relative();
      const auto places = missing
                              ? fmt::format(" ({})", looked_for(request_.schedule, current_first_))
                              : std::string{};
      problems_.error({shown_name_, 0}, problem + places);
    }
    result_.problems = problems_.take();
    return std::move(result_);
  }

 private:
  static std::string printable_path(const std::filesystem::path& path) {
    return has_control_character(path.string()) ? shortened(path.string()) : path.string();
  }

  void load_text(const std::string& text) {
    IniFile schedule = parse_ini(text, shown_name_);
    for (Problem& problem : schedule.problems) {
      problems_.add(std::move(problem));
    }
    if (schedule.sections.empty()) {
      problems_.error({shown_name_, 0}, "has no sections");
      return;
    }
    const auto constants = read_constants(schedule, station_first_, problems_);
    build_steps(schedule, constants);
    take_constants(constants);
    load_run(constants);
    check_python(constants);
    check_backups(schedule);
    check_links();
  }

  void build_steps(const IniFile& schedule, const Constants& constants) {
    const bool has_target = !station_.station.backups.empty();
    StepReader reader{catalog_, {constants.prefer_builtin, has_target, station_first_}, problems_};
    PlanBuilder{schedule, station_, reader, problems_}.build(result_.plan);
    if (has_target) {
      result_.plan.backup = backup_step(station_.station.backups);
    }
  }

  void take_constants(const Constants& constants) {
    Plan& plan = result_.plan;
    plan.verbose = constants.verbose;
    plan.python = constants.python;
    plan.python_path = constants.python_path;
    for (const auto& folder : station_.station.python) {
      plan.python_path.push_back(folder.string());
    }
    plan.min_modules = constants.min_modules.value_or(plan.min_modules);
    plan.strict_code = constants.strict_code;
    plan.needs_services = constants.needs_services;
    check_needed_services(
        constants.needs_services, constants.needs_services_where, station_.station, problems_);
    plan.station = station_.settings;
    plan.safe_state_after = constants.safe_state_after.value_or(plan.safe_state_after);
  }

  void load_run(const Constants& constants) {
    const bool from_command_line = !request_.run_file.empty();
    if (!from_command_line && constants.run_file.empty()) {
      problems_.error(constants.where,
                      constants.where.line == 0
                          ? "has no [constants] section with the run_file; or give --run"
                          : "[constants] lacks 'run_file'; or give --run");
      return;
    }
    const std::filesystem::path named =
        from_command_line ? request_.run_file : std::filesystem::path{constants.run_file};
    const auto& folders = from_command_line ? current_first_ : station_first_;
    const auto where =
        from_command_line ? SourceLine{printable_path(named), 0} : constants.run_file_where;
    const auto file = find_in(named, folders);
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
      problems_.error(
          where,
          fmt::format(
              "no run JSON {} ({})", in_quotes(named.string()), looked_for(named, folders)));
      return;
    }
    const auto number = run_number_of(file);
    if (!number) {
      problems_.error(where,
                      fmt::format("{} is not called run_NNNNN.json; the number names the run",
                                  in_quotes(named.string())));
    }
    result_.plan.run_file = file.string();
    result_.plan.run_number = number.value_or(0);
    take_run(load_run_file(file, printable_path(named), station_first_, request_.marks), constants);
  }

  void take_run(RunFile run, const Constants& constants) {
    const auto errors = has_errors(run.problems);
    for (Problem& problem : run.problems) {
      problems_.add(std::move(problem));
    }
    result_.half_done = std::move(run.half_done);
    result_.plan.modules = std::move(run.modules);
    if (!errors) {
      check_modules(constants);
    }
  }

  void check_modules(const Constants& constants) {
    const auto& modules = result_.plan.modules;
    const SourceLine where{result_.plan.run_file, 0};
    const std::string user = step_that(&TaskInfo::needs_modules);
    const std::string asker = step_that(&TaskInfo::needs_ports);
    if (modules.empty() && !user.empty()) {
      problems_.error(where,
                      fmt::format("names no module, but step {} needs them", in_quotes(user)));
    } else if (modules.empty()) {
      problems_.note(where, "names no module");
    }
    for (const ModuleEntry& module : modules) {
      if (module.port == 0 && !asker.empty()) {
        problems_.error({module.path, 0},
                        fmt::format("module {} has no Port, but step {} needs it",
                                    in_quotes(module.serial),
                                    in_quotes(asker)));
      }
    }
    const int fewest = constants.min_modules.value_or(0);
    if (std::cmp_less(modules.size(), fewest)) {
      problems_.error(
          where, fmt::format("names {} modules, but min_modules is {}", modules.size(), fewest));
    }
  }

  /// Title of the first such step, or "".
  std::string step_that(bool TaskInfo::*needs) const {
    const Plan& plan = result_.plan;
    for (const auto* list : {&plan.steps, &plan.safe_state, &plan.on_resume}) {
      for (const Step& step : *list) {
        const TaskInfo* info =
            step.kind == StepKind::Builtin ? find_task(catalog_, step.task) : nullptr;
        if (info != nullptr && info->needs_modules && info->*needs) {
          return step.title;
        }
      }
    }
    return "";
  }

  void check_python(const Constants& constants) {
    const Plan& plan = result_.plan;
    const auto has_python = [](const std::vector<Step>& list) {
      return std::ranges::find(list, StepKind::Python, &Step::kind) != list.end();
    };
    const bool needed =
        has_python(plan.steps) || has_python(plan.safe_state) || has_python(plan.on_resume);
    if (needed && !constants.python_found) {
      const auto where =
          constants.python_where.line == 0 ? constants.where : constants.python_where;
      problems_.error(
          where,
          fmt::format("no Python interpreter {} on this machine; name one with 'python' in "
                      "[constants]",
                      in_quotes(constants.python)));
    }
  }

  /// A link is that of a [device ...]; whatever else is claimed may be any word.
  void check_links() {
    const Plan& plan = result_.plan;
    for (const auto* list : {&plan.steps, &plan.safe_state, &plan.on_resume}) {
      for (const Step& step : *list) {
        for (const auto& claim : step.needs) {
          if (wants_link(claim)) {
            check_link(step, std::string{resource_of(claim)});
          }
        }
      }
    }
  }

  void check_link(const Step& step, const std::string& instrument) {
    std::vector<std::string> devices;
    std::ranges::transform(station_.station.devices,
                           std::back_inserter(devices),
                           [](const DeviceEntry& device) { return lower_case(device.name); });
    if (std::ranges::find(devices, instrument) == devices.end()) {
      problems_.error(step.source,
                      fmt::format("[{}] needs {}:link, but station.ini has no [device {}]{}",
                                  step.title,
                                  instrument,
                                  instrument,
                                  problems_.suggest(instrument, devices)));
    }
  }

  /// A backup asked for and impossible is said once, however many steps ask.
  void check_backups(const IniFile& schedule) {
    if (!station_.station.backups.empty()) {
      return;
    }
    auto& steps = result_.plan.steps;
    const auto asks = [](const Step& step) { return step.run_backup; };
    const auto first = std::ranges::find_if(steps, asks);
    if (first == steps.end()) {
      return;
    }
    problems_.warning(
        {schedule.name, first->source.line},
        fmt::format("{} steps ask for a backup, but station.ini names no [backup NAME] "
                    "target; none is made",
                    std::count_if(first, steps.end(), asks)));
    for (Step& step : steps) {
      step.run_backup = false;
    }
  }

  const ScheduleRequest& request_;
  const TaskCatalog& catalog_;
  const StationFile& station_;
  std::string shown_name_;
  Folders station_first_, current_first_;
  ProblemList problems_;
  LoadedPlan result_;
};

}  // namespace

LoadedPlan load_plan(const ScheduleRequest& request,
                     const TaskCatalog& catalog,
                     const StationFile& station) {
  return Loader{request, catalog, station}.load();
}

}  // namespace fat

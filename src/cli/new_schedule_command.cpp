#include "cli/new_schedule_command.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/program_files.hpp"
#include "cli/schedule_template.hpp"
#include "cli/station_context.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/plan/schedule_loader.hpp"
#include "fat/store/new_run.hpp"
#include "fat/store/new_schedule.hpp"
#include "fat/tasks/catalog.hpp"

namespace fat {

namespace {

using std::filesystem::path;

/// What people call them.
path file_name_of(const std::string& name) {
  if (name == "full") {
    return "fat_full.ini";
  }
  return name == "room" ? "room_temperature.ini" : name + ".ini";
}

std::vector<std::string> names_in(const std::vector<path>& folders) {
  std::vector<std::string> names{"full", "room"};
  for (const auto& folder : folders) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator{folder, ignored}) {
      if (entry.path().extension() == ".ini") {
        names.push_back(entry.path().stem().string());
      }
    }
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

/// A file of that path, else of that name in the station's schedules, else in the program's.
path find_template(const std::string& name, const Station& station) {
  if (name.ends_with(".ini")) {
    const auto file = std::filesystem::absolute(name);
    if (!std::filesystem::is_regular_file(file)) {
      throw CommandError{kExitFileWrong, fmt::format("there is no schedule {}", file.string())};
    }
    return file;
  }
  const std::vector<path> folders{station.folder / "schedules", share_folder("schedules")};
  for (const auto& folder : folders) {
    if (std::filesystem::is_regular_file(folder / file_name_of(name))) {
      return folder / file_name_of(name);
    }
  }
  const auto names = names_in(folders);
  throw UsageError{fmt::format("fatmaster new-schedule: there is no template '{}'{}; there are: {}",
                               name,
                               did_you_mean(name, names),
                               fmt::join(names, ", "))};
}

/// As named from the current folder, else from the station's.
path find_run_file(const std::string& name, const Station& station) {
  for (const auto& folder : {std::filesystem::current_path(), station.folder}) {
    auto file = (folder / name).lexically_normal();
    if (std::filesystem::is_regular_file(file)) {
      return file;
    }
  }
  throw CommandError{kExitFileWrong,
                     fmt::format("there is no run JSON {}; `fatmaster new-run` makes one", name)};
}

/// A schedule is taken for the run that was made last, unless somebody says otherwise.
void warn_unless_newest(const path& run_file, const Station& station) {
  const auto number = run_number_of(run_file);
  const auto runs = run_numbers(station.runs);
  if (number && !runs.empty() && *number < runs.back()) {
    std::cerr << fmt::format(
        "warning: run {} is not the newest one, which is run {}\n", *number, runs.back());
  }
}

path target_of(const std::string& name, const Station& station) {
  const bool plain = name.find('/') == std::string::npos && !name.starts_with('.');
  if (!plain) {
    throw UsageError{
        fmt::format("fatmaster new-schedule: NAME is a name such as 'cold_fat', which becomes {}",
                    (station.folder / "schedules" / "cold_fat.ini").string())};
  }
  return station.folder / "schedules" / (name.ends_with(".ini") ? name : name + ".ini");
}

/// Everything that the loader finds wrong, as if it stood in `target`.
std::vector<Problem> problems_of(const path& draft,
                                 const path& target,
                                 const StationFile& station) {
  auto problems = load_plan({.schedule = draft, .run_file = {}, .current_folder = {}},
                            catalog_of(station.station),
                            station)
                      .problems;
  for (auto& problem : problems) {
    if (path{problem.where.file}.filename() == draft.filename()) {
      problem.where.file = target.string();
    }
  }
  return problems;
}

int new_schedule(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto file = open_station(invocation);
  const auto& station = file.station;
  const auto target = target_of(arguments.value("NAME"), station);
  const auto run_file = find_run_file(arguments.value("RUN_JSON"), station);
  const auto name = arguments.has("template") ? arguments.value("template") : "full";
  const auto source = find_template(name, station);
  const bool no_hv = arguments.has("no-hv");
  const auto text = schedule_from_template(
      read_schedule(source),
      {.run_file = as_written(run_file, station.folder),
       .no_hv = no_hv,
       .remark = fmt::format("Made on {} by fatmaster new-schedule from {}{}.",
                             today(),
                             source.filename().string(),
                             no_hv ? ", without high voltage" : "")},
      catalog());
  warn_unless_newest(run_file, station);
  const auto result = write_new_schedule(target, text, [&](const path& draft) {
    const auto problems = problems_of(draft, target, file);
    print_problems(problems);
    return !has_errors(problems);
  });
  if (result == NewScheduleResult::Exists) {
    throw CommandError{kExitRefused,
                       fmt::format("{} exists already; nothing was written", target.string())};
  }
  if (result == NewScheduleResult::Refused) {
    throw CommandError{
        kExitFileWrong,
        fmt::format("{} would not run as it is; nothing was written", target.string())};
  }
  print(fmt::format("{}\nnext: fatmaster plan {}", target.string(), target.string()));
  return kExitDone;
}

}  // namespace

Command new_schedule_command() {
  return {.name = "new-schedule",
          .summary = "a schedule for a run, from a template",
          .details =
              "Writes schedules/NAME.ini: the template with that run JSON as its run_file, checked "
              "as `plan` checks it. Templates are the schedules\n"
              "of the program and those of this station (schedules/*.ini), or a file. Never "
              "overwrites; warns when the run is not the newest.",
          .options = {{.name = "RUN_JSON", .value = {}, .help = "of the run", .required = true},
                      {.name = "NAME", .value = {}, .help = "of the schedule", .required = true},
                      {.name = "--template",
                       .value = "TEMPLATE",
                       .help = "full (default), room, a schedule's name, or FILE.ini"},
                      {.name = "--no-hv",
                       .value = {},
                       .help = "without the steps that raise high voltage"}},
          .function = new_schedule};
}

}  // namespace fat

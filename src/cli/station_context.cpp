#include "cli/station_context.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <ranges>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "fat/devices/device_catalog.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/run_paths.hpp"

namespace fat {

namespace {

/// As every relative path, that of a file sensor follows the station folder.
void find_sensor_files(Station& station) {
  for (auto& device : station.devices) {
    const auto file = device.parameters.find("file");
    if (device.kind == "file_sensor" && file != device.parameters.end()) {
      file->second = (std::filesystem::absolute(station.folder) / file->second).lexically_normal();
    }
  }
}

}  // namespace

StationFile open_station(const Invocation& invocation) {
  std::error_code why;
  if (!std::filesystem::is_directory(invocation.station, why)) {
    throw CommandError{kExitFileWrong,
                       fmt::format("{} is not a folder{}; -C DIR names the station's",
                                   invocation.station.string(),
                                   why ? " (" + why.message() + ")" : "")};
  }
  auto file = load_station_file(invocation.station, device_catalog());
  if (has_errors(file.problems)) {
    throw FileError{file.problems};
  }
  if (!file.station.time_zone.empty()) {
    setenv("TZ", file.station.time_zone.c_str(), 1);
    tzset();
  }
  find_sensor_files(file.station);
  return file;
}

std::filesystem::path journal_file(const Station& station) {
  return station.state / "fatmaster.db";
}

std::unique_ptr<SqliteJournal> open_journal_to_read(const Station& station) {
  try {
    return std::make_unique<SqliteJournal>(journal_file(station), JournalMode::ReadOnly);
  } catch (const JournalError& error) {
    if (error.fault() != JournalFault::Missing) {
      throw;
    }
    throw CommandError{
        kExitFileWrong,
        fmt::format(
            "no run has been started in {} (there is no {}); `fatmaster run SCHEDULE` starts one",
            station.folder.string(),
            journal_file(station).filename().string())};
  }
}

/// A journal that is not there, or is just being made, is one in which nobody has a shift yet.
std::optional<std::pair<std::string, WallTime>> person_on_shift(const Station& station) {
  try {
    const SqliteJournal journal{journal_file(station), JournalMode::ReadOnly};
    const auto newest = journal.newest_shift();
    return newest ? std::optional{std::pair{std::get<ShiftTaken>(newest->event.body).person,
                                            newest->event.at.wall}}
                  : std::nullopt;
  } catch (const JournalError& error) {
    if (error.fault() == JournalFault::Missing || error.fault() == JournalFault::Unwritable) {
      return std::nullopt;
    }
    throw;
  }
}

OnCall on_call(const Station& station) {
  const auto& shift = station.shift;
  OnCall on_call{.shifter = shift.shifter,
                 .expert = shift.expert,
                 .since = {},
                 .escalate = shift.escalate,
                 .escalate_after = shift.escalate_after};
  if (on_call.escalate.empty() && !shift.backup.empty()) {
    on_call.escalate = {shift.backup};
  }
  if (const auto taken = person_on_shift(station)) {
    on_call.shifter = taken->first;
    on_call.since = taken->second;
  }
  return on_call;
}

std::string acting_person(const Invocation& invocation, const Station& station) {
  std::string name = invocation.as;
  if (const auto taken = name.empty() ? person_on_shift(station) : std::nullopt) {
    name = taken->first;
  }
  if (name.empty()) {
    const auto* entry = getpwuid(getuid());
    name = entry == nullptr ? fmt::format("uid {}", getuid()) : entry->pw_name;
  }
  const char* terminal = ttyname(STDIN_FILENO);
  return terminal == nullptr ? name : fmt::format("{} at {}", name, terminal);
}

int choose_run(const Journal& journal, const std::string& text) {
  const auto runs = journal.runs();
  if (runs.empty()) {
    throw CommandError{kExitFileWrong,
                       "no run has been started here yet; `fatmaster run SCHEDULE` starts one"};
  }
  if (text.empty()) {
    return runs.back();
  }
  auto wanted = run_number_of(text);
  if (!wanted) {
    const auto stem = text.starts_with("run_") ? text.substr(4) : text;
    const auto number = parse_integer(stem);
    wanted = number && *number >= 0 && *number < 1'000'000
                 ? std::optional<int>{static_cast<int>(*number)}
                 : std::nullopt;
  }
  if (!wanted || std::ranges::find(runs, *wanted) == runs.end()) {
    std::string known;
    for (const int run : runs) {
      known += fmt::format("{}{}", known.empty() ? "" : ", ", run);
    }
    throw CommandError{kExitUsage, fmt::format("no run '{}' here; known are {}", text, known)};
  }
  return *wanted;
}

std::optional<int> run_of_engines(const Journal& journal, const std::vector<int>& engines) {
  for (const int run : journal.runs()) {
    const auto events = journal.events(run);
    const auto newest =
        std::ranges::find_if(std::ranges::reverse_view(events), [](const StoredEvent& stored) {
          return std::holds_alternative<SchedulerStarted>(stored.event.body);
        });
    const int pid =
        newest == events.rend() ? 0 : std::get<SchedulerStarted>(newest->event.body).pid;
    if (std::ranges::find(engines, pid) != engines.end()) {
      return run;
    }
  }
  return std::nullopt;
}

Past past_of(const Journal& journal) {
  return [&journal](const Step& step) -> PastDurations {
    auto same = journal.past_durations(fingerprint(step), {});
    const bool known = !same.empty();
    return {.durations = known ? std::move(same) : journal.past_durations({}, step.task),
            .same_parameters = known};
  };
}

Past past_of(const Station& station) {
  if (!std::filesystem::exists(journal_file(station))) {
    return {};
  }
  const std::shared_ptr<Journal> journal = std::make_shared<SqliteJournal>(
      journal_file(station), JournalMode::ReadOnly);  // shared: a std::function is copied
  return [journal](const Step& step) { return past_of(*journal)(step); };
}

int newest_plan_version(const std::vector<StoredEvent>& events) {
  int version = 0;
  for (const auto& stored : events) {
    if (const auto* adopted = std::get_if<PlanAdopted>(&stored.event.body)) {
      version = adopted->version;
    } else if (const auto* edited = std::get_if<PlanEdited>(&stored.event.body)) {
      version = edited->version;
    }
  }
  return version;
}

KnownRun load_run(const Journal& journal, int run) {
  return load_run(journal, run, journal.events(run));
}

KnownRun load_run(const Journal& journal,
                  int run,
                  std::vector<StoredEvent> events,
                  const std::stop_token& stop) {
  const int version = newest_plan_version(events);
  auto plan = journal.plan(run, version);
  if (!plan) {
    throw CommandError{kExitFileWrong, fmt::format("the journal holds no plan of run {}", run)};
  }
  auto campaign = std::make_unique<RunCampaign>(std::move(*plan), version, past_of(journal));
  for (const auto& stored : events) {
    if (stop.stop_requested()) {
      throw GivenUp{};
    }
    campaign->apply(stored.event);
  }
  return {.run = run, .campaign = std::move(campaign), .events = std::move(events)};
}

}  // namespace fat

#include "cli/check_facts.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "cli/child_environment.hpp"
#include "cli/station_context.hpp"
#include "cli/virtual_station.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/devices/module_command.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/plan/ini_file.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/check_book.hpp"
#include "fat/store/new_run.hpp"
#include "fat/store/new_schedule.hpp"

namespace fat {

namespace {

using std::filesystem::path;

std::string as_people_write(const path& file, const path& folder) {
  const auto relative = file.lexically_relative(folder);
  return relative.empty() || *relative.begin() == ".." ? file.string() : relative.string();
}

/// Whether that schedule's [constants] names the run file.
bool names_run_file(const path& schedule, const path& run_file, const Station& station) {
  std::string text;
  try {
    text = read_schedule(schedule);
  } catch (const std::exception&) {
    return false;  // plan says what is wrong with it
  }
  const auto ini = parse_ini(text, schedule.string());
  const auto constants = std::ranges::find(ini.sections, "constants", &IniSection::name);
  const auto* key = constants == ini.sections.end() ? nullptr : find_key(*constants, "run_file");
  return key != nullptr && (station.folder / key->value).lexically_normal() == run_file;
}

std::vector<std::string> schedules_of(const path& run_file, const Station& station) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator{station.folder / "schedules", ignored}) {
    if (entry.path().extension() == ".ini" && names_run_file(entry.path(), run_file, station)) {
      names.push_back(as_people_write(entry.path(), station.folder));
    }
  }
  std::ranges::sort(names);
  return names;
}

std::vector<ModuleLook> look(const Invocation& invocation,
                             const Station& station,
                             const std::vector<TaskModule>& modules) {
  const SystemClock clock;
  const IcebootBench wires{clock, {}, {station.locks, "fatmaster check"}};
  if (invocation.virtual_station) {
    const VirtualModules bench{wires, require_virtual_station(station.state)};
    return look_at_modules(modules, bench, {});
  }
  const auto& asked = station.modules;
  return look_at_modules(
      modules, wires, module_command(clock, asked.probe, command_place(station), asked.timeout));
}

/// What the journal knows about the run, if it was ever started.
void add_history(const Station& station, int run, BenchFacts& facts) {
  if (!std::filesystem::exists(journal_file(station))) {
    return;
  }
  const auto journal = open_journal_to_read(station);
  const auto runs = journal->runs();
  if (std::ranges::find(runs, run) == runs.end()) {
    return;
  }
  const auto known = load_run(*journal, run);
  const auto& plan = known.campaign->plan();
  const auto& state = known.campaign->state();
  facts.is_over = state.ended.has_value();
  for (const auto& stored : known.events) {
    const auto* logged = std::get_if<Logged>(&stored.event.body);
    if (logged != nullptr && logged->new_run) {
      facts.records.push_back({.check = kLogbookCheck,
                               .good = true,
                               .by_person = true,
                               .who = stored.event.who,
                               .at = stored.event.at.wall,
                               .note = logged->text});
    }
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (state.main_step(i).outcome == Outcome::Done) {
      facts.tasks_done.insert(plan.steps[i].task);
    }
  }
}

}  // namespace

std::optional<NewestRun> newest_run(const Station& station) {
  const auto runs = run_numbers(station.runs);
  return runs.empty() ? std::nullopt
                      : std::optional{NewestRun{
                            .number = runs.back(),
                            .file = station.runs / "run" / (run_name(runs.back()) + ".json")}};
}

BenchFacts recorded_facts(const Station& station, int run) {
  BenchFacts facts;
  facts.station = station;
  facts.now = SystemClock{}.now().wall;
  facts.run = run;
  const auto file = station.runs / "run" / (run_name(run) + ".json");
  facts.run_file = as_people_write(file, station.folder);
  facts.schedules = schedules_of(file, station);
  facts.modules = modules_of_run_file(file, station.folder);
  facts.records = CheckBook{station.state}.of_run(run);
  add_history(station, run, facts);
  for (auto& record : facts.records) {
    if (record.check == kLogbookCheck && record.note.find('\n') != std::string::npos) {
      record.note = "the form of a new run";
    }
  }
  return facts;
}

BenchFacts bench_facts(const Invocation& invocation, const Station& station) {
  const auto newest = newest_run(station);
  if (!newest) {
    BenchFacts nothing;
    nothing.station = station;
    nothing.now = SystemClock{}.now().wall;
    return nothing;
  }
  auto facts = recorded_facts(station, newest->number);
  facts.looks = look(invocation, station, facts.modules);
  return facts;
}

}  // namespace fat

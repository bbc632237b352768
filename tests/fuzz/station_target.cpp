// Bytes as station.ini -> the station, and the plan of a small schedule on it.
#include "fat/plan/schedule_loader.hpp"
#include "fat/plan/station_file.hpp"
#include "fat/tasks/catalog.hpp"
#include "fuzz/scratch_folder.hpp"
#include "fuzz/targets.hpp"

namespace fat::fuzz {

namespace {

constexpr std::string_view kSchedule =
    "[constants]\nrun_file = run_00012.json\n[gain]\ncommand = true\n[safe_state]\n"
    "steps = off\n[off]\ncommand = true\nrecovery = rerun\n";

const ScratchFolder& bench() {
  static const ScratchFolder folder;
  static const auto schedule = folder.write("s.ini", kSchedule);
  static const auto run = folder.write("run_00012.json", "{}");
  require(!schedule.empty() && !run.empty(), "the bench stands");
  return folder;
}

void require_usable(const Station& station) {
  for (const auto* path : {&station.folder, &station.runs, &station.state, &station.data}) {
    require(path->is_absolute(), "every folder of a station is absolute");
  }
  for (const auto& target : station.backups) {
    require(target.target.is_absolute(), "every backup target is absolute");
    require(target.keep.last >= 0 && target.keep.daily >= 0 && target.timeout > Microseconds{0},
            "a backup target can be kept to");
  }
}

}  // namespace

void station(std::string_view input) {
  const auto file = parse_station_file(input, "station.ini", bench().path());
  require_sound(file.problems, input);
  require_usable(file.station);
  const auto loaded = load_plan({"s.ini", "", bench().path()}, catalog(), file);
  require_sound(loaded.problems, std::string{input} + std::string{kSchedule});
  if (has_errors(file.problems)) {
    require(has_errors(loaded.problems), "a wrong station file keeps a plan from running");
    return;
  }
  if (!has_errors(loaded.problems)) {
    const auto text = to_json_text(loaded.plan);
    require(to_json_text(plan_from_json_text(text)) == text, "the plan is read back as it was");
  }
}

}  // namespace fat::fuzz

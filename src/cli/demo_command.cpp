#include "cli/demo_command.hpp"

#include <iostream>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/program_files.hpp"
#include "cli/run_commands.hpp"
#include "cli/text_file.hpp"
#include "cli/virtual_station.hpp"
#include "fat/model/local_time.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/sim/virtual_run.hpp"

namespace fat {

namespace {

constexpr VirtualStationSize kBench{.modules = 4, .seed = 1, .speed = 4000};

/// The demo's station.ini: one backup target inside the folder, Python packages from the
/// installation.
std::string station_text() {
  return fmt::format(
      "# The station of the demo campaign: no hardware, four virtual modules.\n"
      "[station]\nname = demo\n\n"
      "[paths]\npython = {}\n\n"
      "# Where steps with run_backup = true are backed up to; a lab names a mounted folder here.\n"
      "[backup local]\ntarget = backups\n",
      share_folder("python").string());
}

void write_if_missing(const std::filesystem::path& file, const std::string& text) {
  if (!std::filesystem::exists(file)) {
    write_text_file(file, text);
  }
}

/// An own folder, or one that an earlier demo made: never somebody's station.
std::filesystem::path prepare_folder(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "fatmaster.db")) {
    throw CommandError{kExitRefused,
                       fmt::format("{} holds a demo that has run already; name another folder, or "
                                   "`fatmaster -C {} resume`",
                                   folder.string(),
                                   folder.string())};
  }
  if (std::filesystem::exists(folder) && !std::filesystem::is_empty(folder)) {
    throw CommandError{
        kExitRefused,
        fmt::format("{} is not empty; name a new folder for the demo", folder.string())};
  }
  for (const char* part : {"runs/run", "schedules", "backups"}) {
    std::filesystem::create_directories(folder / part);
  }
  write_if_missing(folder / "station.ini", station_text());
  std::filesystem::copy_file(share_folder("schedules") / "demo.ini",
                             folder / "schedules" / "demo.ini",
                             std::filesystem::copy_options::skip_existing);
  return folder;
}

int demo(const Invocation& invocation) {
  const auto named = invocation.arguments.value("DIR");
  const auto folder = prepare_folder(
      std::filesystem::absolute(named.empty() ? "fatmaster-demo" : named).lexically_normal());
  const VirtualStationProcess station{folder, kBench};
  VirtualRun run;
  run.station_folder = folder;
  run.runs_folder = folder / "runs";
  run.comment = "demo campaign";
  run.date = local_date(SystemClock{}.now().wall);
  run.seed = kBench.seed;
  run.ports = station.address().ports;
  write_virtual_run(run);
  std::cerr << fmt::format(
      "The demo's station is {}; from another terminal: fatmaster -C {} status\n",
      folder.string(),
      folder.string());
  Invocation inside = invocation;
  inside.station = folder;
  inside.virtual_station = true;
  return supervise_engine(inside, {"run", (folder / "schedules" / "demo.ini").string()});
}

}  // namespace

Command demo_command() {
  return {.name = "demo",
          .summary = "the demo campaign on the virtual station",
          .details =
              "Makes a station in a new folder, starts a virtual station with four modules, runs "
              "schedules/demo.ini and ends what it\n"
              "started. It asks one question: answer it here, or from another terminal with "
              "`fatmaster -C DIR answer yes`.",
          .options = {{.name = "DIR",
                       .value = {},
                       .help = "new folder, the only one written to (default: fatmaster-demo)"}},
          .function = demo};
}

}  // namespace fat

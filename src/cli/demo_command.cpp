#include "cli/demo_command.hpp"

#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/program_files.hpp"
#include "cli/run_commands.hpp"
#include "cli/virtual_station.hpp"
#include "fat/sim/virtual_run.hpp"

namespace fat {

namespace {

constexpr int kModules = 2;
constexpr std::uint32_t kDemoSeed = 1;

/// The demo's station.ini: one backup target inside the folder, Python packages from the
/// installation.
std::string station_text() {
  return fmt::format(
      "# The station of the demo campaign: no hardware, two virtual modules.\n"
      "[station]\nname = demo\n\n"
      "[paths]\npython = {}\n\n"
      "# Where steps with run_backup = true are backed up to; a lab names a mounted folder here.\n"
      "[backup local]\ntarget = backups\n",
      share_folder("python").string());
}

void write_new(const std::filesystem::path& file, const std::string& text) {
  if (std::filesystem::exists(file)) {
    return;
  }
  std::ofstream out{file, std::ios::binary};
  out << text;
  out.close();
  if (!out) {
    throw CommandError{kExitFileWrong, fmt::format("cannot write {}", file.string())};
  }
}

std::string today() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm fields{};
  localtime_r(&now, &fields);
  return fmt::format("{:04}-{:02}-{:02}", fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday);
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
  write_new(folder / "station.ini", station_text());
  std::filesystem::copy_file(share_folder("schedules") / "demo.ini",
                             folder / "schedules" / "demo.ini",
                             std::filesystem::copy_options::skip_existing);
  return folder;
}

int demo(const Invocation& invocation) {
  const auto named = invocation.arguments.value("DIR");
  const auto folder = prepare_folder(
      std::filesystem::absolute(named.empty() ? "fatmaster-demo" : named).lexically_normal());
  const VirtualStationProcess station{folder, kModules, kDemoSeed};
  VirtualRun run;
  run.station_folder = folder;
  run.runs_folder = folder / "runs";
  run.comment = "demo campaign";
  run.date = today();
  run.seed = kDemoSeed;
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
              "Makes a station in a new folder, starts a virtual station with two modules, runs "
              "schedules/demo.ini and ends what it\n"
              "started. It asks one question: answer it here, or from another terminal with "
              "`fatmaster -C DIR answer yes`.",
          .options = {{.name = "DIR",
                       .value = {},
                       .help = "new folder, the only one written to (default: fatmaster-demo)"}},
          .function = demo};
}

}  // namespace fat

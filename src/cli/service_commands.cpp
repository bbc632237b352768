#include "cli/service_commands.hpp"

#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "cli/bounded_call.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/program_files.hpp"
#include "cli/run_commands.hpp"
#include "cli/service_unit.hpp"
#include "cli/station_context.hpp"
#include "cli/text_file.hpp"
#include "fat/model/command_line.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kSystemdPatience{10};

using Words = std::vector<std::string>;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::filesystem::path unit_folder() {
  const auto configuration = environment("XDG_CONFIG_HOME");
  if (configuration.starts_with('/')) {
    return std::filesystem::path{configuration} / "systemd" / "user";
  }
  auto home = environment("HOME");
  if (home.empty()) {
    const auto* entry = getpwuid(getuid());
    home = entry == nullptr ? "" : entry->pw_dir;
  }
  if (!home.starts_with('/')) {
    throw CommandError{kExitFileWrong, "HOME is not set: where should the unit go?"};
  }
  return std::filesystem::path{home} / ".config" / "systemd" / "user";
}

/// A manager of this user's services can be talked to.
bool has_user_bus() {
  const auto runtime = environment("XDG_RUNTIME_DIR");
  const bool bus =
      !environment("DBUS_SESSION_BUS_ADDRESS").empty() ||
      (!runtime.empty() && std::filesystem::exists(std::filesystem::path{runtime} / "bus"));
  return bus &&
         run_within(kSystemdPatience, {"systemctl", "--user", "show-environment"}).status == 0;
}

/// Runs them, or with nobody to run them prints what to type. False when one failed.
bool perform(const std::vector<Words>& commands) {
  if (!has_user_bus()) {
    print("systemd cannot be reached from here; in a login session of this user, type:");
    for (const auto& words : commands) {
      print("  " + join_command(words));
    }
    return true;
  }
  bool good = true;
  for (const auto& words : commands) {
    const auto result = run_within(kSystemdPatience, words);
    const bool done = result.answered && result.status == 0;
    print(fmt::format("{}: {}", done ? "done" : "FAILED", join_command(words)));
    if (!done) {
      std::cerr << result.text << '\n';
      good = false;
    }
  }
  return good;
}

bool lingers() {
  const auto* entry = getpwuid(getuid());
  return entry != nullptr &&
         std::filesystem::exists(std::filesystem::path{"/var/lib/systemd/linger"} / entry->pw_name);
}

void write_whole(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  const auto fresh = file.string() + ".new";
  write_text_file(fresh, text);
  std::filesystem::rename(fresh, file);
}

int install(const std::filesystem::path& file,
            const std::string& text,
            const std::string& what_follows) {
  write_whole(file, text);
  print(fmt::format("written: {}", file.string()));
  const auto unit = file.filename().string();
  const bool good =
      perform({{"systemctl", "--user", "daemon-reload"}, {"systemctl", "--user", "enable", unit}});
  if (!lingers()) {
    print(
        "So that it starts at boot and not at your next login, the administrator types once:\n"
        "  loginctl enable-linger " +
        environment("USER"));
  }
  print(what_follows);
  return good ? kExitDone : kExitRefused;
}

int uninstall(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    print(fmt::format("nothing to remove: there is no {}", file.string()));
    return kExitDone;
  }
  const auto unit = file.filename().string();
  // Only disabled, not stopped: a run it drives goes on to its end.
  const bool good = perform({{"systemctl", "--user", "disable", unit}});
  std::filesystem::remove(file);
  print(fmt::format("removed: {}", file.string()));
  return perform({{"systemctl", "--user", "daemon-reload"}}) && good ? kExitDone : kExitRefused;
}

int install_service(const Invocation& invocation) {
  const bool dry = invocation.arguments.has("dry-run");
  const bool bench = invocation.arguments.has("station");
  const auto file =
      unit_folder() / (bench ? bench_unit_name(invocation.station) : unit_name(invocation.station));
  if (invocation.arguments.has("uninstall")) {
    if (dry) {
      print(fmt::format("would remove {}", file.string()));
      return kExitDone;
    }
    return uninstall(file);
  }
  const auto station = open_station(invocation).station;
  const ServiceUnit unit{
      .program = program_files().program, .station = station.folder, .name = station.name};
  const auto text = bench ? bench_unit_text(unit) : unit_text(unit);
  if (dry) {
    print(fmt::format("would write {}:\n\n{}", file.string(), text));
    return kExitDone;
  }
  return install(file,
                 text,
                 bench
                     ? "After a reboot the bench is watched. Until then: systemctl --user start " +
                           file.filename().string()
                     : "After a reboot the newest run goes on if it has not ended. `fatmaster "
                       "status` tells.");
}

int service(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  if (!std::filesystem::exists(journal_file(station))) {
    print("nothing to do: no run has been started here");
    return kExitDone;
  }
  if (const auto owner = who_holds(station.state)) {
    print(
        fmt::format("nothing to do: process {} of {} drives the station", owner->pid, owner->user));
    return kExitDone;
  }
  int run = 0;
  TakeUp take_up;
  {
    const auto journal = open_journal_to_read(station);
    run = choose_run(*journal, {});
    take_up = decide_take_up(load_run(*journal, run).campaign->state(), journal->events(run));
  }
  print(fmt::format(
      "run {} {}: {}", run, take_up.resume ? "is taken up" : "is left alone", take_up.why));
  return take_up.resume
             ? supervise_engine(invocation, {"resume", std::to_string(run), "--by-service"})
             : kExitDone;
}

}  // namespace

std::vector<Command> service_commands() {
  return {{.name = "install-service",
           .summary = "let the campaign go on by itself after a reboot",
           .details = "Writes a systemd user unit for this station and enables it. With --station "
                      "one that keeps `fatmaster station`\nalive: it is started again when its "
                      "interlocks are not evaluated for 10 s, and whenever it ends.",
           .options = {{.name = "--station", .value = {}, .help = "of `fatmaster station`"},
                       {.name = "--dry-run", .value = {}, .help = "only print what it would write"},
                       {.name = "--uninstall", .value = {}, .help = "remove it again"}},
           .function = install_service},
          {.name = "service",
           .summary = "what the unit runs: resume the newest run unless it has ended",
           .details = {},
           .options = {},
           .function = service,
           .hidden = true}};
}

}  // namespace fat

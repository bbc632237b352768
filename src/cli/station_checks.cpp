#include "cli/station_checks.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "cli/bounded_call.hpp"
#include "cli/command.hpp"
#include "cli/program_files.hpp"
#include "fat/model/instant.hpp"
#include "fat/runner/control_server.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/file_system.hpp"
#include "fat/store/tar_snapshots.hpp"

namespace fat {

namespace {

constexpr double kGibibyte = 1024.0 * 1024 * 1024;
constexpr double kTooLittle = 0.1;  ///< GiB: the journal could not be kept for a day
constexpr double kLittle = 2;       ///< GiB
constexpr std::chrono::seconds kFolderPatience{1}, kFullLookPatience{5}, kHostPatience{6};

std::filesystem::path existing_part(std::filesystem::path path) {
  std::error_code error;
  while (!std::filesystem::exists(path, error) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return path;
}

Finding disk_finding(const std::string& subject, const std::filesystem::path& folder) {
  const auto place = existing_part(folder);

  struct statvfs disk {};

  if (statvfs(place.c_str(), &disk) != 0) {
    return {.health = Health::Warning,
            .subject = subject,
            .text = fmt::format("how much is free in {} cannot be found out", place.string()),
            .advice = fmt::format("look at it: df -h {}", place.string())};
  }
  const double free =
      static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize) / kGibibyte;
  const bool no_files = disk.f_files > 0 && disk.f_favail < 1000;
  Finding finding{.subject = subject,
                  .text = no_files ? fmt::format("no more files can be made in {}", place.string())
                                   : fmt::format("{:.1f} GiB free in {}", free, place.string())};
  if (free < kTooLittle || no_files) {
    finding.health = Health::Problem;
    finding.advice = "make room: without the journal no step starts";
    finding.prevents_run = true;
  } else if (free < kLittle) {
    finding.health = Health::Warning;
    finding.advice = "make room before a long campaign";
  }
  return finding;
}

bool is_on_same_disk(const std::filesystem::path& one, const std::filesystem::path& other) {
  struct statvfs first {};

  struct statvfs second {};

  return statvfs(existing_part(one).c_str(), &first) == 0 &&
         statvfs(existing_part(other).c_str(), &second) == 0 && first.f_fsid == second.f_fsid;
}

/// "newest snapshot: run 12, 3 h ago".
std::string told_newest(const BackupTarget& target, WallTime now) {
  const auto list = list_snapshots(target);
  const auto newest = std::ranges::max_element(list, {}, made_at);
  return newest == list.end()
             ? "no snapshot yet"
             : fmt::format("newest snapshot: run {}, {} ago",
                           newest->run,
                           to_text(std::max(now - made_at(*newest), Microseconds{})));
}

std::string look_at_target(const BackupTarget& target, Depth depth) {
  const auto free = static_cast<double>(try_target(target)) / kGibibyte;
  auto text = fmt::format("{} answers and is writable, {:.1f} GiB free", shown_place(target), free);
  if (depth == Depth::Full) {
    text += "; " + told_newest(target, SystemClock{}.now().wall);
  }
  return text;
}

std::chrono::seconds patience_with(const BackupTarget& target, Depth depth) {
  if (target.host.empty()) {
    return depth == Depth::Quick ? kFolderPatience : kFullLookPatience;
  }
  return depth == Depth::Quick ? kHostPatience : 2 * kHostPatience;
}

Finding backup_finding(const BackupTarget& target, Depth depth) {
  const auto subject = "backup " + target.name;
  const auto result =
      call_within(patience_with(target, depth), [&] { return look_at_target(target, depth); });
  if (!result.answered) {
    return {.health = Health::Warning,
            .subject = subject,
            .text = fmt::format("{} does not answer: a dead mount, a host that is away?",
                                shown_place(target)),
            .advice = "bring it back; the run goes on without this backup meanwhile"};
  }
  if (result.status != 0) {
    return {.health = Health::Warning,
            .subject = subject,
            .text = result.text,
            .advice = target.host.empty()
                          ? "mount it, or mend [backup " + target.name + "] in station.ini"
                          : "the run goes on without this backup meanwhile"};
  }
  return {.subject = subject, .text = result.text};
}

}  // namespace

Findings check_disk(const Station& station) {
  Findings all{disk_finding("disk", station.state)};
  if (!is_on_same_disk(station.state, station.runs)) {
    all.push_back(disk_finding("disk (runs)", station.runs));
  }
  return all;
}

Findings check_file_system(const Station& station) {
  Findings all;
  for (const auto& folder : {station.state, station.runs}) {
    if (const auto why = unsafe_file_system(folder)) {
      all.push_back({.health = Health::Problem,
                     .subject = "file system",
                     .text = *why,
                     .advice = "[paths] state and runs in station.ini name the folders",
                     .prevents_run = true});
    }
  }
  if (all.empty()) {
    all.push_back({.subject = "file system", .text = "local, safe for journal and locks"});
  }
  return all;
}

Findings check_writable(const Station& station) {
  const auto place = existing_part(station.state);
  if (access(place.c_str(), W_OK) == 0) {
    return {};
  }
  return {{.health = Health::Problem,
           .subject = "folder",
           .text = fmt::format("{} cannot be written", place.string()),
           .advice = "mend its owner or mode: the journal lives there",
           .prevents_run = true}};
}

Findings check_clock() {
  timex clock{};
  const int state = adjtimex(&clock);
  const auto now = to_local_text(SystemClock{}.now().wall);
  if (state < 0 || state == TIME_ERROR || (clock.status & STA_UNSYNC) != 0) {
    return {{.health = Health::Warning,
             .subject = "clock",
             .text = fmt::format("{}; not kept by any time server", now),
             .advice = "compare it with your watch; `timedatectl set-ntp true` keeps it right"}};
  }
  return {{.subject = "clock", .text = now + ", synchronised"}};
}

Findings check_time_zone(const Station& station) {
  if (station.time_zone.empty()) {
    return {{.subject = "time zone", .text = "the machine's (station.ini names none)"}};
  }
  if (std::filesystem::exists(std::filesystem::path{"/usr/share/zoneinfo"} / station.time_zone)) {
    return {{.subject = "time zone", .text = station.time_zone}};
  }
  return {{.health = Health::Warning,
           .subject = "time zone",
           .text = fmt::format("this machine does not know '{}': times are shown in UTC",
                               station.time_zone),
           .advice = "install tzdata, or mend [station] time_zone in station.ini"}};
}

Findings check_program() {
  try {
    return {{.subject = "program", .text = program_files().program.string()}};
  } catch (const CommandError& error) {
    return {{.health = Health::Problem,
             .subject = "program",
             .text = error.what(),
             .advice = "install fatmaster again: no step can start",
             .prevents_run = true}};
  }
}

Findings check_socket(const Station& station) {
  const auto socket = control_socket_path(station.state);
  if (socket.parent_path() == station.state) {
    return {{.subject = "socket", .text = socket.string()}};
  }
  return {{.health = Health::Warning,
           .subject = "socket",
           .text = fmt::format("the station's path is too long for one; it is {}", socket.string()),
           .advice = "other users cannot reach it there; a shorter path is better"}};
}

Findings check_backups(const Station& station, Depth depth) {
  Findings all;
  for (const auto& target : station.backups) {
    all.push_back(backup_finding(target, depth));
  }
  return all;
}

}  // namespace fat

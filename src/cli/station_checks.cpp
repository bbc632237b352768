#include "cli/station_checks.hpp"

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

namespace fat {

namespace {

constexpr double kGibibyte = 1024.0 * 1024 * 1024;
constexpr double kTooLittle = 0.1;  ///< GiB: the journal could not be kept for a day
constexpr double kLittle = 2;       ///< GiB
constexpr std::chrono::seconds kBackupPatience{1};

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

/// Makes a file in the target and removes it again; throws with a sentence.
std::string try_backup_target(const BackupTarget& target) {
  if (!std::filesystem::is_directory(target.target)) {
    throw std::runtime_error{fmt::format("{} is not there", target.target.string())};
  }
  auto name = (target.target / ".fatmaster-doctor-XXXXXX").string();
  const int fd = mkstemp(name.data());
  if (fd < 0) {
    throw std::runtime_error{fmt::format("{} cannot be written: {}",
                                         target.target.string(),
                                         std::generic_category().message(errno))};
  }
  close(fd);
  unlink(name.c_str());

  struct statvfs disk {};

  statvfs(target.target.c_str(), &disk);
  return fmt::format(
      "{} is writable, {:.1f} GiB free",
      target.target.string(),
      static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize) / kGibibyte);
}

Finding backup_finding(const BackupTarget& target) {
  const auto subject = "backup " + target.name;
  const auto result = call_within(kBackupPatience, [&] { return try_backup_target(target); });
  if (!result.answered) {
    return {.health = Health::Warning,
            .subject = subject,
            .text = fmt::format("{} does not answer: a dead mount?", target.target.string()),
            .advice = "mount it again; the run goes on without this backup meanwhile"};
  }
  if (result.status != 0) {
    return {.health = Health::Warning,
            .subject = subject,
            .text = result.text,
            .advice = "mount it, or mend [backup " + target.name + "] in station.ini"};
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

Findings check_backups(const Station& station) {
  Findings all;
  for (const auto& target : station.backups) {
    all.push_back(backup_finding(target));
  }
  return all;
}

}  // namespace fat

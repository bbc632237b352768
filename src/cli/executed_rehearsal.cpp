#include "cli/executed_rehearsal.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <system_error>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/hasty_campaign.hpp"
#include "cli/run_commands.hpp"
#include "cli/text_file.hpp"
#include "cli/virtual_station.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/sim/virtual_run.hpp"

namespace fat {

namespace {

namespace fs = std::filesystem;

constexpr int kMostModules = 256;  // of a virtual station
constexpr std::uint32_t kRehearsalSeed = 1;

/// The folder of a rehearsal: a new one that was named, or a temporary one that goes with this
/// unless it is kept.
class RehearsalFolder {
 public:
  explicit RehearsalFolder(const fs::path& named)
      : kept_(!named.empty()), path_(named.empty() ? make_temporary() : make_named(named)) {}

  RehearsalFolder(const RehearsalFolder&) = delete;
  RehearsalFolder& operator=(const RehearsalFolder&) = delete;

  ~RehearsalFolder() {
    std::error_code ignored;
    if (!kept_) {
      fs::remove_all(path_, ignored);
    }
  }

  const fs::path& path() const { return path_; }

  bool is_kept() const { return kept_; }

  void keep() { kept_ = true; }

 private:
  static fs::path make_temporary() {
    auto text = (fs::temp_directory_path() / "fatmaster-rehearsal-XXXXXX").string();
    if (::mkdtemp(text.data()) == nullptr) {
      throw std::system_error{errno, std::generic_category(), "cannot make " + text};
    }
    return text;
  }

  static fs::path make_named(const fs::path& named) {
    auto folder = fs::absolute(named).lexically_normal();
    if (fs::exists(folder) && !fs::is_empty(folder)) {
      throw CommandError{
          kExitRefused,
          fmt::format("{} is not empty; name a new folder for the rehearsal", folder.string())};
    }
    fs::create_directories(folder);
    return folder;
  }

  bool kept_;
  fs::path path_;
};

void say_what_is_left_out(const HastyCampaign& hasty) {
  const auto& foreign = hasty.foreign;
  if (!hasty.windows.empty()) {
    std::cerr << fmt::format(
        "{} step{} (the first is '{}') would be held to a value that a file says (valid_when = "
        "file:...): nobody writes that file here, so the limit is left out.\n",
        hasty.windows.size(),
        hasty.windows.size() == 1 ? "" : "s",
        hasty.windows.front());
  }
  if (const auto& channels = hasty.channels; !channels.empty()) {
    std::cerr << fmt::format(
        "{} step{} (the first is '{}') set channels or wait for them: nobody reads the bench of a "
        "rehearsal, so they only wait here. `fatmaster --virtual station --speed 60` and "
        "`fatmaster --virtual run` beside it try them.\n",
        channels.size(),
        channels.size() == 1 ? "" : "s",
        channels.front());
  }
  if (!foreign.empty()) {
    std::cerr << fmt::format(
        "{} step{} (the first is '{}') call Python functions or commands, which may reach real "
        "hardware: they only wait here. --foreign runs them too.\n",
        foreign.size(),
        foreign.size() == 1 ? "" : "s",
        foreign.front());
  }
}

/// Makes a station with these modules in `folder`. Returns its schedule.
fs::path make_station(const fs::path& folder,
                      const RehearsedCampaign& campaign,
                      const ExecutionOptions& options,
                      const std::vector<int>& ports) {
  VirtualRun run;
  run.station_folder = folder;
  run.runs_folder = folder / "runs";
  run.run = campaign.plan.run_number;
  run.comment = "rehearsal of " + campaign.plan.schedule_file;
  run.date = local_date(SystemClock{}.now().wall);
  run.seed = kRehearsalSeed;
  run.ports = ports;
  const auto run_file = write_virtual_run(run);
  const auto hasty = hasty_campaign(
      campaign.plan,
      campaign.rehearsal,
      {.speed = options.speed, .foreign = options.foreign, .run_file = run_file.string()});
  say_what_is_left_out(hasty);
  write_text_file(folder / "station.ini", hasty_station(campaign.station));
  if (!campaign.station.backups.empty()) {
    fs::create_directories(folder / "backups");
  }
  auto schedule = folder / "rehearsal.ini";
  write_text_file(schedule, hasty.schedule);
  return schedule;
}

int run_in(const fs::path& folder,
           const Invocation& invocation,
           const RehearsedCampaign& campaign,
           const ExecutionOptions& options) {
  const auto modules = std::clamp(static_cast<int>(campaign.plan.modules.size()), 1, kMostModules);
  const VirtualStationProcess process{
      folder, {.modules = modules, .seed = kRehearsalSeed, .speed = options.speed}};
  const auto schedule = make_station(folder, campaign, options, process.address().ports);
  auto inside = invocation;
  inside.station = folder;
  inside.virtual_station = true;
  return supervise_engine(inside, {"run", schedule.string(), "--batch"});
}

}  // namespace

int execute_rehearsal(const Invocation& invocation,
                      const RehearsedCampaign& campaign,
                      const ExecutionOptions& options) {
  RehearsalFolder folder{options.folder};
  const SystemClock clock;
  const auto began = clock.now().boot;
  const int status = run_in(folder.path(), invocation, campaign, options);
  std::cerr << fmt::format("executed in {}; on the real bench it would take about {}\n",
                           to_text(clock.now().boot - began),
                           to_text(campaign.rehearsal.end - campaign.rehearsal.start));
  if (status != kExitDone && status != kExitModulesBad) {
    folder.keep();
  }
  if (folder.is_kept()) {
    std::cerr << fmt::format("look around in it: fatmaster -C {} history\n",
                             folder.path().string());
  }
  return status;
}

}  // namespace fat

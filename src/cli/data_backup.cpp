#include "cli/data_backup.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/backup_targets.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/ports/snapshots.hpp"
#include "fat/store/data_copy.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostNamed = 20;
constexpr std::size_t kLongestPath = 500;

/// The step of the run that holds the bench now; empty when none does.
std::string step_at_work(const Invocation& invocation) {
  const auto run = open_run(invocation, invocation.arguments.value("TARGET"));
  const auto* holder = run.driven ? run.known.campaign->state().holder() : nullptr;
  return holder == nullptr ? std::string{} : holder->start.key.title;
}

/// Copies and tells; remembers whether all went well.
class DataBackup {
 public:
  DataBackup(const Invocation& invocation, const RunAtHand& run)
      : invocation_(invocation),
        journal_(*run.journal),
        folder_(run_folder(run.plan().run_file)),
        data_(run.station.data) {}

  void copy_to(const BackupTarget& target);
  int finish() const;

 private:
  void copy(const BackupTarget& target, const std::filesystem::path& from, const std::string& name);
  bool go_on(const std::string& what, int percent);
  void tell(const BackupTarget& target, const std::filesystem::path& from, const DataCopy& copy);

  const Invocation& invocation_;
  const SqliteJournal& journal_;
  std::int64_t seen_ = 0;  ///< up to this event no step has begun
  std::filesystem::path folder_, data_;
  std::string step_;  ///< that began meanwhile
  bool good_ = true;
  nlohmann::json told_ = nlohmann::json::array();
};

/// About once a second.
bool DataBackup::go_on(const std::string& what, int percent) {
  if (isatty(STDERR_FILENO) != 0) {
    std::cerr << fmt::format("\r{}: {:>3} %", what, percent) << std::flush;
  }
  const auto newest = invocation_.arguments.has("beside-steps") ? seen_ : journal_.last_id();
  if (newest != seen_) {
    seen_ = newest;
    step_ = step_at_work(invocation_);
  }
  return step_.empty();
}

void DataBackup::tell(const BackupTarget& target,
                      const std::filesystem::path& from,
                      const DataCopy& copy) {
  good_ = good_ && copy.whole && copy.different.empty();
  if (invocation_.arguments.has("json")) {
    told_.push_back({{"target", target.name},
                     {"from", from.string()},
                     {"to", copy.to},
                     {"whole", copy.whole},
                     {"different", copy.different}});
    return;
  }
  if (copy.whole && copy.different.empty()) {
    print(fmt::format("{}: {} is in {}, every file the same", target.name, from.string(), copy.to));
    return;
  }
  std::cerr << fmt::format("{}: {} of {} files are not the same in {}:\n",
                           target.name,
                           copy.different.size(),
                           from.string(),
                           copy.to);
  for (std::size_t index = 0; index < std::min(copy.different.size(), kMostNamed); ++index) {
    std::cerr << fmt::format("  {}\n", plain_text(copy.different[index], kLongestPath));
  }
  std::cerr << "  written to while they were copied, or the disk there is damaged; type it again\n";
}

void DataBackup::copy(const BackupTarget& target,
                      const std::filesystem::path& from,
                      const std::string& name) {
  const auto result = copy_data(target, from, name, [&](int percent) {
    return go_on(fmt::format("{}: {}", target.name, from.filename().string()), percent);
  });
  if (isatty(STDERR_FILENO) != 0) {
    std::cerr << "\r\x1b[K" << std::flush;
  }
  if (!result.whole) {
    throw CommandError{kExitRefused,
                       fmt::format("stopped: step '{}' began. The same command goes on from here "
                                   "when it has ended (--beside-steps: at once)",
                                   step_)};
  }
  tell(target, from, result);
}

void DataBackup::copy_to(const BackupTarget& target) {
  try {
    copy(target, folder_, folder_.filename().string() + "/data");
    std::error_code none;
    if (std::filesystem::is_directory(data_, none)) {
      copy(target, data_, "data");
    }
  } catch (const SnapshotError& error) {
    std::cerr << fmt::format("{}: FAILED: {}\n", target.name, error.what());
    good_ = false;
  }
}

int DataBackup::finish() const {
  if (invocation_.arguments.has("json")) {
    print(told_.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return good_ ? kExitDone : kExitModulesBad;
}

}  // namespace

int back_up_data(const Invocation& invocation) {
  const auto run = open_run(invocation, invocation.arguments.value("TARGET"));
  const auto step = step_at_work(invocation);
  if (!step.empty() && !invocation.arguments.has("beside-steps")) {
    throw CommandError{kExitRefused,
                       fmt::format("step '{}' of this run is at work: data are copied between "
                                   "steps; --beside-steps copies them now",
                                   step)};
  }
  DataBackup backup{invocation, run};
  for (const auto& target : chosen_targets(run.station, invocation.arguments.value("to"))) {
    backup.copy_to(target);
  }
  return backup.finish();
}

}  // namespace fat

#include "cli/interlock_files.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

#include "fat/model/signals_away.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kWritesAgainAfter{1};

}  // namespace

InterlockFiles::InterlockFiles(StationStateFiles files,
                               bool for_group,
                               std::function<void(const std::string&)> tell)
    : files_(std::move(files)), for_group_(for_group), tell_(std::move(tell)) {
  const SignalsAway away;
  thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

InterlockFiles::~InterlockFiles() {
  thread_.request_stop();
  thread_.join();
  if (memory_) {
    write(*memory_, true);
  }
}

void InterlockFiles::publish(StationState state) {
  const std::lock_guard lock{mutex_};
  newest_ = std::move(state);
  changed_.notify_all();
}

bool InterlockFiles::store(StationState state, std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  if (state.at.boot >= latest_) {
    latest_ = state.at.boot;
    newest_ = state;
    memory_ = std::move(state);
    ++wanted_;
  }
  const auto mine = wanted_;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [this, mine] { return stored_ >= mine; });
}

bool InterlockFiles::write(const StationState& state, bool durable) {
  try {
    if (durable) {
      write_interlock_memory(files_, state, for_group_);
    } else {
      publish_station_state(files_, state, for_group_);
    }
    if (std::exchange(fails_, false)) {
      tell_("the state of the interlocks is written again");
    }
    return true;
  } catch (const std::exception& error) {
    if (!std::exchange(fails_, true)) {
      tell_(fmt::format("the state of the interlocks cannot be written: {}", error.what()));
    }
    return false;
  }
}

void InterlockFiles::work(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (changed_.wait(lock, stop, [this] { return memory_ || newest_; })) {
    const auto newest = std::exchange(newest_, {});
    const auto memory = std::exchange(memory_, {});
    const auto number = wanted_;
    lock.unlock();
    bool well = !memory || write(*memory, true);
    const bool durable = well;
    well = (!newest || write(*newest, false)) && well;
    lock.lock();
    if (memory && durable) {
      stored_ = number;
      changed_.notify_all();
    } else if (memory && !memory_) {
      memory_ = memory;  // nothing newer came: it is tried again
    }
    if (!well) {
      changed_.wait_for(lock, stop, kWritesAgainAfter, [] { return false; });
    }
  }
}

}  // namespace fat

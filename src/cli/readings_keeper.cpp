#include "cli/readings_keeper.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "fat/ports/journal.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostWaiting = 200'000;  // readings, while the disk takes none
constexpr auto kForgetsEvery = std::chrono::hours{1};

}  // namespace

void WaitingReadings::add(TimedReading reading) {
  const std::lock_guard lock{mutex_};
  if (waiting_.size() >= kMostWaiting) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + (kMostWaiting / 2));
    lost_ += kMostWaiting / 2;
  }
  waiting_.push_back(std::move(reading));
}

std::vector<TimedReading> WaitingReadings::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(waiting_, {});
}

void WaitingReadings::put_back(std::vector<TimedReading> readings) {
  const std::lock_guard lock{mutex_};
  readings.insert(readings.end(),
                  std::make_move_iterator(waiting_.begin()),
                  std::make_move_iterator(waiting_.end()));
  waiting_ = std::move(readings);
}

std::size_t WaitingReadings::take_lost() {
  const std::lock_guard lock{mutex_};
  return std::exchange(lost_, 0);
}

void ReadingsKeeper::store() {
  auto readings = waiting_.take();
  try {
    file_.append(readings);
    forget_sometimes();
    if (std::exchange(fails_, false)) {
      say_("readings are stored again");
    }
    if (const auto lost = waiting_.take_lost(); lost > 0) {
      say_(fmt::format("{} readings are lost: too many waited for the disk", lost));
    }
  } catch (const JournalError& error) {
    waiting_.put_back(std::move(readings));
    if (!std::exchange(fails_, true)) {
      say_(fmt::format("readings cannot be stored: {}", error.what()));
    }
  }
}

void ReadingsKeeper::forget_sometimes() {
  const auto now = clock_.now();
  if (!forgot_ || elapsed(*forgot_, now) >= kForgetsEvery) {
    forgot_ = now;
    file_.forget(now.wall);
  }
}

}  // namespace fat

#include "cli/station_process.hpp"

#include <csignal>
#include <ctime>
#include <iostream>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "cli/bench_instruments.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/engine/channel_readings.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/signals_away.hpp"
#include "fat/runner/bench_reader.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/readings_file.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostWaiting = 200'000;  // readings, while the disk takes none
constexpr std::size_t kLongestStoredWhy = 400;
constexpr auto kForgetsEvery = std::chrono::hours{1};

void say_now(const Clock& clock, const std::string& text) {
  print(fmt::format("{}  {}", to_local_text(clock.now().wall), text));
}

/// What was read and is not stored yet.
class WaitingReadings {
 public:
  /// The oldest make room when the disk takes none for long.
  void add(TimedReading reading) {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() >= kMostWaiting) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + (kMostWaiting / 2));
    }
    waiting_.push_back(std::move(reading));
  }

  std::vector<TimedReading> take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(waiting_, {});
  }

  /// What could not be stored, in front of what came meanwhile.
  void put_back(std::vector<TimedReading> readings) {
    const std::lock_guard lock{mutex_};
    readings.insert(readings.end(),
                    std::make_move_iterator(waiting_.begin()),
                    std::make_move_iterator(waiting_.end()));
    waiting_ = std::move(readings);
  }

 private:
  std::mutex mutex_;
  std::vector<TimedReading> waiting_;  // guarded by mutex_
};

/// Readings -> the file, once a second. A full disk is said once and tried again.
class ReadingsKeeper {
 public:
  ReadingsKeeper(ReadingsFile& file, WaitingReadings& waiting, const Clock& clock)
      : file_(file), waiting_(waiting), clock_(clock) {}

  void store() {
    auto readings = waiting_.take();
    try {
      file_.append(readings);
      forget_sometimes();
      if (std::exchange(fails_, false)) {
        say_now(clock_, "readings are stored again");
      }
    } catch (const JournalError& error) {
      waiting_.put_back(std::move(readings));
      if (!std::exchange(fails_, true)) {
        say_now(clock_, fmt::format("readings cannot be stored: {}", error.what()));
      }
    }
  }

 private:
  void forget_sometimes() {
    const auto now = clock_.now();
    if (!forgot_ || elapsed(*forgot_, now) >= kForgetsEvery) {
      forgot_ = now;
      file_.forget(now.wall);
    }
  }

  ReadingsFile& file_;
  WaitingReadings& waiting_;
  const Clock& clock_;
  std::optional<Instant> forgot_;
  bool fails_ = false;
};

sigset_t ending_signals() {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// True when a person or the system wants it to end; false after a second.
bool wants_to_end() {
  const auto signals = ending_signals();
  const timespec second{.tv_sec = 1, .tv_nsec = 0};
  return sigtimedwait(&signals, nullptr, &second) > 0;
}

/// Says when a channel is lost and when it is back; returns what is to be stored.
class ChannelWatch {
 public:
  ChannelWatch(std::vector<ChannelEntry> channels, const Clock& clock)
      : readings_(std::move(channels)), valid_(readings_.channels().size(), true), clock_(clock) {}

  TimedReading take(std::size_t place, const RawReading& raw, const Instant& at) {
    readings_.take(place, raw, at);
    const auto& channel = readings_.channels().at(place);
    auto reading = readings_.reading(place, at);
    reading.why = plain_text(reading.why, kLongestStoredWhy);
    if (valid_.at(place) != reading.is_valid()) {
      valid_.at(place) = reading.is_valid();
      say_now(clock_,
              reading.is_valid()
                  ? fmt::format("{} is valid again", channel.name)
                  : fmt::format("{} {}: {}", channel.name, to_string(reading.state), reading.why));
    }
    return {channel.name, std::move(reading)};
  }

 private:
  ChannelReadings readings_;
  std::vector<bool> valid_;
  const Clock& clock_;
};

StationLock lock_bench(const Station& station, const BenchFiles& files) {
  try {
    return {station.state,
            this_process(0),
            std::chrono::seconds{2},
            !station.group.empty(),
            files.lock};
  } catch (const StationOwned& owned) {
    throw CommandError{kExitOwned,
                       fmt::format("process {} of {} on {} reads this bench already; end it first",
                                   owned.owner().pid,
                                   owned.owner().user,
                                   owned.owner().host)};
  }
}

}  // namespace

BenchFiles bench_files(const Invocation& invocation, const Station& station) {
  return is_virtual(invocation)
             ? BenchFiles{station.state / "readings_virtual.db", "station_virtual.lock"}
             : BenchFiles{station.state / "readings.db", "station.lock"};
}

int run_station_process(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  if (station.channels.empty()) {
    throw CommandError{kExitFileWrong, "station.ini declares no [channel ...]: nothing to read"};
  }
  const SystemClock clock;
  const auto files = bench_files(invocation, station);
  const auto lock = lock_bench(station, files);
  ReadingsFile file{files.readings, ReadingsFile::Mode::Write, !station.group.empty()};
  const BenchInstruments bench{invocation, station, clock, "fatmaster station"};
  if (is_virtual(invocation)) {
    std::cerr << "VIRTUAL station, not the bench\n";
  }
  const auto signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGHUP, SIG_IGN);  // the screen died
  WaitingReadings waiting;
  ChannelWatch watch{station.channels, clock};
  BenchReader reader{bench.quantities(),
                     clock,
                     station.channels,
                     [&](std::size_t place, const RawReading& raw, const Instant& at) {
                       waiting.add(watch.take(place, raw, at));
                     }};
  say_now(clock, fmt::format("reads {} channels until Ctrl-C", station.channels.size()));
  ReadingsKeeper keeper{file, waiting, clock};
  std::jthread reading{[&](const std::stop_token& stop) { reader.read_until(stop); }};
  while (!wants_to_end()) {
    keeper.store();
  }
  say_now(clock, "ends after the answers it waits for");
  reading.request_stop();
  reading.join();
  keeper.store();
  return kExitDone;
}

}  // namespace fat

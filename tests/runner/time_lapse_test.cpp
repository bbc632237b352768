// Threads that wait, on a clock that jumps; and a bench that is read on it.
#include "fat/runner/time_lapse.hpp"

#include <condition_variable>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fakes/patience.hpp"
#include "fakes/scripted_source.hpp"
#include "fat/runner/bench_reader.hpp"

namespace fat {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::Pair;

/// Threads of a lapse; its own thread is at work until all are made.
class LapseOfThreads {
 public:
  explicit LapseOfThreads(Microseconds length) : lapse_(ManualClock{}.now(), length) {
    maker_.emplace(lapse_);
  }

  /// Each runs with its own part.
  void add(const std::function<void(TimeLapse&)>& work) {
    threads_.emplace_back(
        [this, work, part = std::make_unique<TimeLapse::Part>(lapse_)] { work(lapse_); });
  }

  void run() {
    maker_.reset();
    threads_.clear();
  }

  Microseconds passed() const { return lapse_.now().boot - lapse_.begin(); }

  TimeLapse& lapse() { return lapse_; }

 private:
  TimeLapse lapse_;
  std::optional<TimeLapse::Part> maker_;
  std::vector<std::jthread> threads_;
};

TEST(TimeLapse, JumpsFromOneMomentToTheNext) {
  LapseOfThreads threads{hours{24}};
  std::vector<std::pair<Microseconds, char>> woken;  // one thread is at work at a time
  const auto every = [&](Microseconds period, char name) {
    threads.add([&woken, period, name](TimeLapse& lapse) {
      for (auto due = lapse.begin() + period; due <= lapse.end(); due += period) {
        lapse.sleep_until(due);
        woken.emplace_back(lapse.now().boot - lapse.begin(), name);
      }
    });
  };
  every(hours{5}, 'a');
  every(hours{7}, 'b');

  threads.run();

  EXPECT_THAT(woken,
              testing::ElementsAre(Pair(hours{5}, 'a'),
                                   Pair(hours{7}, 'b'),
                                   Pair(hours{10}, 'a'),
                                   Pair(hours{14}, 'b'),
                                   Pair(hours{15}, 'a'),
                                   Pair(hours{20}, 'a'),
                                   Pair(hours{21}, 'b')));
  EXPECT_EQ(threads.passed(), hours{21});
}

TEST(TimeLapse, ShowsBothClocksFromItsBeginOn) {
  const auto begin = ManualClock{}.now();
  LapseOfThreads threads{hours{1}};
  threads.add([](TimeLapse& lapse) { lapse.sleep_until(lapse.begin() + minutes{10}); });

  threads.run();

  const auto now = threads.lapse().now();
  EXPECT_EQ(now.wall - begin.wall, minutes{10});
  EXPECT_EQ(now.boot - begin.boot, minutes{10});
  EXPECT_EQ(now.boot_id, begin.boot_id);
}

/// Waits until `flag` is set under `mutex`; returns what the clock showed then.
Microseconds waits_for_flag(TimeLapse& lapse,
                            std::mutex& mutex,
                            const bool& flag,
                            const std::stop_token& stop = {}) {
  std::unique_lock lock{mutex};
  lapse.wait(lock, stop, lapse.end() + hours{1}, [&flag] { return flag; });
  return lapse.now().boot - lapse.begin();
}

TEST(TimeLapse, WakesWhomAnotherThreadOfItCalls) {
  LapseOfThreads threads{hours{1}};
  std::mutex mutex;
  bool flag = false;  // guarded by mutex
  Microseconds woken{0};
  threads.add([&](TimeLapse& lapse) { woken = waits_for_flag(lapse, mutex, flag); });
  threads.add([&](TimeLapse& lapse) {
    lapse.sleep_until(lapse.begin() + minutes{3});
    {
      const std::lock_guard lock{mutex};
      flag = true;
    }
    lapse.sleep_until(lapse.begin() + minutes{30});
  });

  threads.run();

  EXPECT_EQ(woken, minutes{3});
}

TEST(TimeLapse, HoldsWhoWaitsAtItsEndUntilAStrangerCallsHim) {
  LapseOfThreads threads{hours{1}};
  std::mutex mutex;
  bool flag = false;  // guarded by mutex
  Microseconds woken{0};
  std::stop_source stop;
  Microseconds stopped{0};
  threads.add([&](TimeLapse& lapse) { woken = waits_for_flag(lapse, mutex, flag); });
  threads.add([&](TimeLapse& lapse) {
    std::mutex own;
    const bool never = false;
    stopped = waits_for_flag(lapse, own, never, stop.get_token());
  });
  threads.add([](TimeLapse& lapse) { lapse.sleep_until(lapse.end()); });
  const std::jthread stranger{[&] {
    while (threads.passed() < hours{1}) {
      std::this_thread::yield();
    }
    const std::lock_guard lock{mutex};
    flag = true;
    stop.request_stop();
  }};

  threads.run();

  EXPECT_EQ(woken, hours{1});
  EXPECT_EQ(stopped, hours{1});
}

ChannelEntry quick_channel(int instrument, int input) {
  ChannelEntry channel;
  channel.name = fmt::format("{}/{}", instrument, input);
  channel.instrument = fmt::format("instrument {}", instrument);
  channel.source = {"temperature", input};
  channel.period = milliseconds{100};
  return channel;
}

// What is asked of 1,000 channels at 10 Hz, as far as the machine's speed has no part in it.
TEST(TimeLapse, ThousandChannelsMissNoPeriodWhileOneInstrumentIsLate) {
  constexpr int instruments = 20, inputs = 50;
  LapseOfThreads threads{minutes{1}};
  auto& lapse = threads.lapse();
  const auto late = [&](const std::vector<QuantityName>& wanted) {
    lapse.sleep_until(lapse.now().boot + milliseconds{250});  // it answers that late
    return std::vector<RawReading>(wanted.size(), RawReading{1.0, {}});
  };
  const auto prompt = [](const std::vector<QuantityName>& wanted) {
    return std::vector<RawReading>(wanted.size(), RawReading{2.0, {}});
  };
  std::map<std::string, ScriptedInstrument> all;
  std::vector<ChannelEntry> channels;
  for (int instrument = 0; instrument < instruments; ++instrument) {
    all.try_emplace(fmt::format("instrument {}", instrument),
                    instrument == 0 ? ScriptedInstrument{late} : ScriptedInstrument{prompt});
    for (int input = 1; input <= inputs; ++input) {
      channels.push_back(quick_channel(instrument, input));
    }
  }
  const ScriptedSources sources{std::move(all)};
  std::vector<int> count(channels.size(), 0);
  std::vector<Microseconds> last(channels.size(), Microseconds{0});
  std::vector<Microseconds> longest(channels.size(), Microseconds{0});
  BenchReader reader{sources,
                     lapse,
                     channels,
                     [&](std::size_t channel, const RawReading& /*raw*/, const Instant& at) {
                       if (++count[channel] > 1) {
                         longest[channel] = std::max(longest[channel], at.boot - last[channel]);
                       }
                       last[channel] = at.boot;
                     },
                     &lapse};
  std::stop_source stop;
  std::jthread reading;
  threads.add([&](TimeLapse& time) {
    reading =
        std::jthread{[&reader, &stop, part = std::make_unique<TimeLapse::Part>(time)]() mutable {
          // Its own part ends once each instrument's thread has one.
          reader.read_until(stop.get_token(), std::move(part));
        }};
    time.sleep_until(time.end());
    stop.request_stop();
  });

  threads.run();
  reading.join();

  for (std::size_t channel = 0; channel < channels.size(); ++channel) {
    const bool is_late = channel < inputs;
    EXPECT_EQ(longest[channel], is_late ? milliseconds{250} : milliseconds{100});
    EXPECT_EQ(count[channel], is_late ? 240 : 600);
  }
}

}  // namespace
}  // namespace fat

// Instruments that answer, are silent, or are not there.
#include "fat/runner/bench_reader.hpp"

#include <atomic>
#include <condition_variable>
#include <optional>
#include <thread>

#include <gmock/gmock.h>

#include "fakes/patience.hpp"
#include "fakes/scripted_source.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

ChannelEntry channel_of(const std::string& instrument,
                        int input,
                        Microseconds period = std::chrono::milliseconds{50}) {
  ChannelEntry channel;
  channel.name = instrument + std::to_string(input);
  channel.instrument = instrument;
  channel.source = {"temperature", input};
  channel.period = period;
  return channel;
}

std::vector<RawReading> inputs_as_values(const std::vector<QuantityName>& wanted) {
  std::vector<RawReading> answers;
  answers.reserve(wanted.size());
  for (const auto& name : wanted) {
    answers.push_back({static_cast<double>(name.input), {}});
  }
  return answers;
}

/// The last answer of each channel, and how many came.
struct Answers {
  std::map<std::size_t, RawReading> last;
  std::map<std::size_t, int> count;

  TakeAnswer taker() {
    return [this](std::size_t channel, const RawReading& raw, const Instant& /*at*/) {
      last[channel] = raw;
      ++count[channel];
    };
  }
};

TEST(BenchReader, ReadsEveryChannelOnce) {
  const SystemClock clock;
  const ScriptedSources sources{{{"a", inputs_as_values}, {"b", inputs_as_values}}};
  Answers answers;
  BenchReader reader{sources,
                     clock,
                     {channel_of("a", 1), channel_of("b", 5), channel_of("a", 3)},
                     answers.taker()};

  reader.read_once();

  ASSERT_THAT(answers.last, SizeIs(3));
  EXPECT_EQ(answers.last[0].value, 1);
  EXPECT_EQ(answers.last[1].value, 5);
  EXPECT_EQ(answers.last[2].value, 3);
}

TEST(BenchReader, TellsWhyAnInstrumentCouldNotBeOpened) {
  const SystemClock clock;
  const ScriptedSources sources{{{"a", inputs_as_values}}};
  Answers answers;
  BenchReader reader{sources, clock, {channel_of("a", 1), channel_of("gone", 1)}, answers.taker()};

  reader.read_once();

  EXPECT_EQ(answers.last[0].value, 1);
  EXPECT_FALSE(answers.last[1].value);
  EXPECT_THAT(answers.last[1].why, HasSubstr("no such device"));
}

// One that does not answer holds no other up: `slow` waits until `quick` was read five times.
TEST(BenchReader, GivesEachInstrumentItsOwnTime) {
  const SystemClock clock;
  std::mutex mutex;
  std::condition_variable bell;
  int quick_rounds = 0;
  bool waited_in_vain = false;
  const ScriptedSources sources{{{"quick",
                                  [&](const auto& wanted) {
                                    const std::lock_guard lock{mutex};
                                    ++quick_rounds;
                                    bell.notify_all();
                                    return inputs_as_values(wanted);
                                  }},
                                 {"slow", [&](const auto& wanted) {
                                    std::unique_lock lock{mutex};
                                    waited_in_vain = !bell.wait_for(
                                        lock, kPatience, [&] { return quick_rounds >= 5; });
                                    return inputs_as_values(wanted);
                                  }}}};
  std::stop_source stop;
  BenchReader reader{sources,
                     clock,
                     {channel_of("quick", 1), channel_of("slow", 2)},
                     [&](std::size_t channel, const RawReading&, const Instant&) {
                       if (channel == 1) {
                         stop.request_stop();
                       }
                     }};

  reader.read_until(stop.get_token());

  EXPECT_FALSE(waited_in_vain);
}

TEST(BenchReader, ReadsEachChannelAtItsPeriod) {
  const SystemClock clock;
  const ScriptedSources sources{{{"a", inputs_as_values}}};
  std::stop_source stop;
  std::map<std::size_t, int> count;
  BenchReader reader{sources,
                     clock,
                     {channel_of("a", 1, std::chrono::milliseconds{50}),
                      channel_of("a", 2, std::chrono::hours{1})},
                     [&](std::size_t channel, const RawReading&, const Instant&) {
                       ++count[channel];
                       if (count[0] == 5) {
                         stop.request_stop();
                       }
                     }};

  reader.read_until(stop.get_token());

  EXPECT_EQ(count[0], 5);
  EXPECT_EQ(count[1], 1);
}

}  // namespace
}  // namespace fat

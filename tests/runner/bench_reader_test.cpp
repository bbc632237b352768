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

/// Says how many of its sources there are.
struct CountedSources : QuantitySources {
  CountedSources(ScriptedInstrument one, std::function<void(int)> counts)
      : instrument(std::move(one)), count(std::move(counts)) {}

  std::unique_ptr<QuantitySource> open(const std::string& /*name*/) const override {
    struct Counted : ScriptedSource {
      Counted(ScriptedInstrument one, std::function<void(int)> counts)
          : ScriptedSource(std::move(one)), tell(std::move(counts)) {
        tell(1);
      }

      ~Counted() override { tell(-1); }

      std::function<void(int)> tell;
    };

    return std::make_unique<Counted>(instrument, count);
  }

  ScriptedInstrument instrument;
  std::function<void(int)> count;
};

/// A switch that obeys, and a reader of it that runs until the test ends.
class Switchboard {
 public:
  explicit Switchboard(ScriptedRound slow_round = inputs_as_values) {
    sources_ = std::make_unique<ScriptedSources>(std::map<std::string, ScriptedInstrument>{
        {"switch",
         ScriptedInstrument{[this](const auto& wanted) {
                              const std::lock_guard lock{mutex_};
                              return std::vector<RawReading>(wanted.size(), {position_, {}});
                            },
                            [this](const QuantityName& /*name*/, double value) { set(value); },
                            [this] { set(0); }}},
        {"slow", ScriptedInstrument{std::move(slow_round)}}});
    auto seldom = channel_of("switch", 1, std::chrono::hours{1});
    reader_ = std::make_unique<BenchReader>(
        *sources_,
        clock_,
        std::vector{seldom, channel_of("slow", 1)},
        [this](std::size_t channel, const RawReading& raw, const Instant& /*at*/) {
          if (channel == 0) {
            const std::lock_guard lock{mutex_};
            shown_ = raw.value;
          }
        });
    thread_ = std::jthread{[this](const std::stop_token& stop) { reader_->read_until(stop); }};
  }

  /// What is told of an order, once that comes.
  std::string told(BenchOrder order) {
    std::optional<std::string> told;
    reader_->order(std::move(order), [&](const BenchOrder& /*order*/, const std::string& failure) {
      const std::lock_guard lock{mutex_};
      told = failure;
      bell_.notify_all();
    });
    std::unique_lock lock{mutex_};
    EXPECT_TRUE(bell_.wait_for(lock, kPatience, [&] { return told.has_value(); }));
    return told.value_or("never told");
  }

  /// Calls `then` while the switch is being set.
  void while_busy(const std::function<void(BenchReader&)>& then) {
    then_ = [this, then] { then(*reader_); };
    EXPECT_EQ(told({.instrument = "switch", .channel = 0, .value = 0.5}), "");
  }

  /// Somebody at its panel.
  void turn(double position) {
    const std::lock_guard lock{mutex_};
    position_ = position;
  }

  std::optional<double> shown() {
    const std::lock_guard lock{mutex_};
    return shown_;
  }

  bool obeys = true;

 private:
  void set(double value) {
    if (!obeys) {
      throw DeviceError{DeviceFault::Timeout, "switch", "no answer"};
    }
    if (const auto then = std::exchange(then_, {})) {
      then();
    }
    const std::lock_guard lock{mutex_};
    position_ = value;
  }

  const SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable bell_;
  double position_ = 1;          // guarded by mutex_
  std::optional<double> shown_;  // guarded by mutex_
  std::function<void()> then_;   // of the switch's thread, once it was given an order
  std::unique_ptr<ScriptedSources> sources_;
  std::unique_ptr<BenchReader> reader_;
  std::jthread thread_;
};

TEST(BenchReader, CarriesOutAnOrderAtOnceAndReadsItBack) {
  Switchboard board;

  EXPECT_EQ(board.told({.instrument = "switch", .channel = 0, .value = 0}), "");

  EXPECT_EQ(board.shown(), 0);  // although its next reading is due in an hour
}

TEST(BenchReader, ReadsAtOnceWhatSomebodyWantsToKnowNowAndSetsNothing) {
  Switchboard board;
  EXPECT_EQ(board.told({.instrument = "switch", .channel = 0, .value = 0}), "");
  board.turn(0.75);
  board.obeys = false;

  EXPECT_EQ(board.told({.instrument = "switch", .channel = {}, .reads = {0}}), "");

  EXPECT_EQ(board.shown(), 0.75);  // although its next reading is due in an hour
}

// Three orders wait while the switch is busy: what is urgent comes first, whoever came last.
TEST(BenchReader, LetsWhatIsUrgentGoFirst) {
  Switchboard board;
  std::vector<std::string> told;
  const auto remember = [&](const std::string& who) {
    return [&told, who](const BenchOrder& /*order*/, const std::string& failure) {
      told.push_back(who + (failure.empty() ? " done" : " gives way"));
    };
  };
  board.while_busy([&](BenchReader& reader) {
    reader.order({.instrument = "switch", .channel = 0, .value = 1}, remember("anna"));
    reader.order({.instrument = "switch", .channel = 0, .value = 0, .urgent = true},
                 remember("interlock"));
    reader.order({.instrument = "switch", .channel = 0, .value = 1}, remember("ben"));
  });

  EXPECT_EQ(board.told({.instrument = "switch", .channel = {}}), "");  // they are through

  EXPECT_THAT(told, testing::ElementsAre("anna gives way", "ben gives way", "interlock done"));
}

// What is lent is not asked, says so, and only what is urgent still opens it.
TEST(BenchReader, LetsTheLinkOfWhatIsLentGo) {
  const SystemClock clock;
  std::mutex mutex;
  std::condition_variable bell;
  int rounds = 0, open = 0, freed = 0;  // guarded by mutex
  std::vector<RawReading> shown;        // guarded by mutex
  std::vector<double> set;              // guarded by mutex
  CountedSources sources{{[&](const auto& wanted) {
                            const std::lock_guard lock{mutex};
                            ++rounds;
                            return inputs_as_values(wanted);
                          },
                          [&](const QuantityName& /*name*/, double value) {
                            const std::lock_guard lock{mutex};
                            set.push_back(value);
                          }},
                         [&](int by) {
                           const std::lock_guard lock{mutex};
                           open += by;
                           bell.notify_all();
                         }};
  sources.instrument.release = [&] {
    const std::lock_guard lock{mutex};
    ++freed;
    return true;
  };
  BenchReader reader{sources,
                     clock,
                     {channel_of("supply", 1)},
                     [&](std::size_t /*channel*/, const RawReading& raw, const Instant& /*at*/) {
                       const std::lock_guard lock{mutex};
                       shown.push_back(raw);
                       bell.notify_all();
                     }};
  const std::jthread thread{[&](const std::stop_token& stop) { reader.read_until(stop); }};
  const auto wait_for = [&](const std::function<bool()>& what) {
    std::unique_lock lock{mutex};
    return bell.wait_for(lock, kPatience, what);
  };
  ASSERT_TRUE(wait_for([&] { return rounds > 2; }));

  std::optional<bool> told;
  reader.lend(
      "supply", {.to = "lent to anna", .panel = true}, [&](bool panel, const std::string& failure) {
        const std::lock_guard lock{mutex};
        told = panel && failure.empty() && open == 0;
        shown.clear();
        rounds = 0;
        bell.notify_all();
      });

  ASSERT_TRUE(wait_for([&] { return told.has_value() && shown.size() >= 3; }));
  {
    const std::lock_guard lock{mutex};
    EXPECT_TRUE(*told);
    EXPECT_EQ(freed, 1);
    EXPECT_EQ(rounds, 0);
    for (const auto& raw : shown) {
      EXPECT_TRUE(raw.lent);
      EXPECT_EQ(raw.why, "lent to anna");
    }
  }
  std::optional<std::string> done;
  reader.order({.instrument = "supply", .channel = 0, .value = 0, .urgent = true},
               [&](const BenchOrder& /*order*/, const std::string& failure) {
                 const std::lock_guard lock{mutex};
                 done = failure;
                 bell.notify_all();
               });
  ASSERT_TRUE(wait_for([&] { return done && open == 0; }));
  EXPECT_EQ(*done, "");
  EXPECT_THAT(set, testing::ElementsAre(0));

  reader.take_back("supply");

  EXPECT_TRUE(wait_for([&] { return rounds > 1 && !shown.back().lent; }));
}

// A channel that is read all the time keeps its link, unless somebody shares the instrument.
TEST(BenchReader, LetsTheLinkGoBetweenTwoRoundsOfWhatIsShared) {
  const SystemClock clock;
  std::mutex mutex;
  std::condition_variable bell;
  int rounds = 0, opened = 0;  // guarded by mutex
  const CountedSources sources{{[&](const auto& wanted) {
                                 const std::lock_guard lock{mutex};
                                 ++rounds;
                                 bell.notify_all();
                                 return inputs_as_values(wanted);
                               }},
                               [&](int by) {
                                 const std::lock_guard lock{mutex};
                                 opened += by > 0 ? 1 : 0;
                               }};
  BenchReader reader{
      sources,
      clock,
      {channel_of("supply", 1)},
      [](std::size_t /*channel*/, const RawReading& /*raw*/, const Instant& /*at*/) {}};
  const std::jthread thread{[&](const std::stop_token& stop) { reader.read_until(stop); }};
  const auto wait_for = [&](const std::function<bool()>& what) {
    std::unique_lock lock{mutex};
    return bell.wait_for(lock, kPatience, what);
  };
  ASSERT_TRUE(wait_for([&] { return rounds >= 5 && opened == 1; }));

  reader.share("supply", true);

  EXPECT_TRUE(wait_for([&] { return opened >= 4; }));
}

TEST(BenchReader, AsksOnceMoreWhetherAnOrderMayBeWhenItsTurnComes) {
  Switchboard board;

  EXPECT_EQ(board.told({.instrument = "switch",
                        .channel = 0,
                        .value = 0,
                        .objection = [] { return std::string{"leased to bob"}; }}),
            "leased to bob");
  EXPECT_NE(board.shown(), 0);
}

TEST(BenchReader, HasNothingToLetGoOfAnInstrumentWithoutChannels) {
  const SystemClock clock;
  const ScriptedSources sources{{{"a", inputs_as_values}}};
  BenchReader reader{sources, clock, {channel_of("a", 1)}, Answers{}.taker()};
  std::optional<bool> told;

  reader.lend("b", {.to = "lent to anna"}, [&](bool panel, const std::string& /*failure*/) {
    told = panel;
  });

  EXPECT_EQ(told, false);
}

TEST(BenchReader, MakesAnInstrumentSafe) {
  Switchboard board;

  EXPECT_EQ(board.told({.instrument = "switch", .channel = {}}), "");
  EXPECT_EQ(board.told({.instrument = "slow", .channel = {}}), "");  // nothing to switch off
}

TEST(BenchReader, TellsWhyAnOrderWasNotCarriedOut) {
  Switchboard board;
  board.obeys = false;

  EXPECT_THAT(board.told({.instrument = "switch", .channel = 0}), HasSubstr("no answer"));
  EXPECT_THAT(board.told({.instrument = "slow", .channel = 1}), HasSubstr("cannot be set"));
  EXPECT_THAT(board.told({.instrument = "gone", .channel = {}}), HasSubstr("no channel belongs"));
}

// The slow instrument does not answer before the switch has been switched off.
TEST(BenchReader, DoesNotLetASlowInstrumentHoldUpAnOrder) {
  std::mutex mutex;
  std::condition_variable bell;
  bool off = false, asked = false;
  Switchboard board{[&](const std::vector<QuantityName>& wanted) {
    std::unique_lock lock{mutex};
    asked = true;
    bell.notify_all();
    EXPECT_TRUE(bell.wait_for(lock, kPatience, [&] { return off; }));
    return inputs_as_values(wanted);
  }};
  {
    std::unique_lock lock{mutex};
    ASSERT_TRUE(bell.wait_for(lock, kPatience, [&] { return asked; }));
  }

  EXPECT_EQ(board.told({.instrument = "switch", .channel = 0, .value = 0}), "");

  const std::lock_guard lock{mutex};
  off = true;
  bell.notify_all();
}

}  // namespace
}  // namespace fat

// Every fault at every moment of every kind of transaction: the right value or an error in time,
// and the right value afterwards.
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "devices/virtual_instruments.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;

/// Sets something, reads several things, and says what it found. Sessions begin anew each time.
using Conversation = std::function<std::string(const StationInstruments&)>;

std::string with_generator(const StationInstruments& drivers, const char* name) {
  const auto generator = drivers.generator(name);
  generator->set_signal({SignalShape::Square, 1234, 2.5, 0.25});
  generator->set_output(true);
  const auto signal = generator->signal();
  return fmt::format(
      "{} {} {} {}", signal.frequency, signal.amplitude, signal.offset, generator->output());
}

std::string with_supply(const StationInstruments& drivers) {
  const auto supply = drivers.supply("supply");
  supply->set(1, 12, 2);
  supply->set_output(1, true);
  return fmt::format("{:.0f} {} {}", supply->read(1).watts, supply->output(1), supply->output(2));
}

std::string with_wheel(const StationInstruments& drivers) {
  const auto wheel = drivers.filter_wheel("wheel0");
  wheel->move_to(2);
  return fmt::format("{} {}", wheel->position(), wheel->positions());
}

std::string with_freezer(const StationInstruments& drivers) {
  const auto freezer = drivers.freezer("freezer", {});
  freezer->set_target(30);
  const bool plausible = freezer->temperature() > 19 && freezer->temperature() < 31;
  return fmt::format("{} {} {}", freezer->target().value_or(0), freezer->state(), plausible);
}

std::string with_field_hub(const StationInstruments& drivers) {
  const auto hub = drivers.field_hub("field_hub0");
  return fmt::format(
      "{} {:.0f} {}", hub->devices().size(), hub->wire_pair_power().volts, hub->probe(1));
}

std::string with_thermometer(const StationInstruments& drivers) {
  for (const auto& reading : drivers.thermometer("thermometer")->read()) {
    if (reading.celsius < 19 || reading.celsius > 31) {
      return fmt::format("{} degC", reading.celsius);
    }
  }
  return "warm";
}

struct Talk {
  const char* instrument;
  Conversation conversation;
  std::string right;
  int moments;  ///< lines of one conversation, and a few

  friend std::ostream& operator<<(std::ostream& out, const Talk& talk) {
    return out << talk.instrument;
  }
};

const std::vector<Talk>& talks() {
  static const std::vector<Talk> all{
      {"generator",
       [](const auto& drivers) { return with_generator(drivers, "generator"); },
       "1234 2.5 0.25 true",
       60},
      {"second_generator",
       [](const auto& drivers) { return with_generator(drivers, "second_generator"); },
       "1234 2.5 0.25 true",
       32},
      {"supply", with_supply, "10 true false", 17},
      {"wheel0", with_wheel, "2 6", 9},
      {"freezer", with_freezer, "30 03 REMOTE START true", 12},
      {"field_hub0", with_field_hub, "4 96 true", 7},
      {"thermometer", with_thermometer, "warm", 2}};
  return all;
}

constexpr std::array kFaults{LinkFault::Mute,
                             LinkFault::Late,
                             LinkFault::HalfReply,
                             LinkFault::Close,
                             LinkFault::Garbled,
                             LinkFault::Duplicate,
                             LinkFault::Endless};

/// What it says, or nullopt after a DeviceError.
std::optional<std::string> attempt(const Talk& talk, const StationInstruments& drivers) {
  try {
    return talk.conversation(drivers);
  } catch (const DeviceError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr(talk.instrument));
    return std::nullopt;
  }
}

class InstrumentFaultTest : public ::testing::TestWithParam<Talk> {
 protected:
  VirtualInstruments bench_{{}, "70 ms", "150 ms"};
};

TEST_P(InstrumentFaultTest, GivesTheRightValueOrAnErrorAndRecovers) {
  const auto& talk = GetParam();
  const bool every_moment = std::getenv("FATMASTER_EVERY_MOMENT") != nullptr;
  ASSERT_EQ(attempt(talk, bench_.drivers()), talk.right);
  for (const auto fault : kFaults) {
    const int stride = every_moment ? 1 : std::max(1, talk.moments / 2);
    for (int skip = every_moment ? 0 : 1; skip < talk.moments; skip += stride) {
      bench_.station().inject(talk.instrument,
                              {.fault = fault, .skip = skip, .times = 1, .delay = 100ms});
      const auto start = bench_.clock().now().boot;
      const auto said = attempt(talk, bench_.drivers());
      EXPECT_EQ(said.value_or(talk.right), talk.right) << to_string(fault) << " after " << skip;
      EXPECT_LT(bench_.clock().now().boot - start, 12s) << to_string(fault) << " after " << skip;
      bench_.station().inject(talk.instrument, {.times = 0});
      std::optional<std::string> again;
      for (int tries = 0; tries < 3 && !again; ++tries) {
        again = attempt(talk, bench_.drivers());
      }
      EXPECT_EQ(again, talk.right) << to_string(fault) << " after " << skip;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Instruments,
                         InstrumentFaultTest,
                         ::testing::ValuesIn(talks()),
                         [](const auto& one) { return std::string{one.param.instrument}; });

TEST(InstrumentFault, WaitingCostsNoProcessorTime) {
  VirtualInstruments bench{{}, "300 ms"};
  bench.station().inject("second_generator", {.fault = LinkFault::Mute, .times = -1});
  const auto spent = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
  };
  const auto before = spent();
  const auto start = bench.clock().now().boot;

  EXPECT_THROW(bench.drivers().generator("second_generator")->output(), DeviceError);

  EXPECT_GT(bench.clock().now().boot - start, 300ms);
  EXPECT_LT(spent() - before, 60ms);
}

}  // namespace
}  // namespace fat

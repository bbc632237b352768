// Many virtual stations, one after the other: what the tasks find over the wire against what is
// true there. FATMASTER_STATION_SEEDS says how many (1), FATMASTER_SEED the first (1).
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "fat/sim/pmt_truth.hpp"
#include "sim/bench_model.hpp"
#include "tasks/wired_station.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kStationModules = 3;
constexpr double kSpeed = 20'000;  // a scaler's period is over before the next question

std::uint32_t seed_setting(const char* name, std::uint32_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

/// A station of `seed` whose modules are healthy but for `faults`.
class SeedStation : public WiredStation {
 public:
  explicit SeedStation(std::uint32_t seed, std::vector<TimedOrder> faults = {})
      : WiredStation{{.modules = kStationModules,
                      .seed = seed,
                      .speed = kSpeed,
                      .faults = std::move(faults)},
                     {.boot = std::chrono::milliseconds{500}}} {
    for (auto& module : modules()) {
      module.place *= 4;  // each on a wire pair of its own
    }
  }

  std::vector<std::string> critical() const {
    std::vector<std::string> texts;
    for (const auto& message : reporter().all<MessageReport>()) {
      if (message.level == "critical") {
        texts.push_back(message.text);
      }
    }
    return texts;
  }

  std::vector<std::string> unresponsive() const {
    std::vector<std::string> serials;
    for (const auto& report : reporter().all<ModuleReport>()) {
      serials.push_back(report.module);
    }
    return serials;
  }
};

void for_each_seed(const std::function<void(std::uint32_t)>& work) {
  const auto first = seed_setting("FATMASTER_SEED", 1);
  const auto seeds = seed_setting("FATMASTER_STATION_SEEDS", 1);
  for (auto seed = first; seed < first + seeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "FATMASTER_SEED=" << seed << " FATMASTER_STATION_SEEDS=1");
    work(seed);
  }
}

/// Of deviations in units of their errors.
double mean_square(const std::vector<double>& pulls) {
  double sum = 0;
  for (const double one : pulls) {
    sum += one * one;
  }
  return sum / static_cast<double>(pulls.size());
}

TEST(StationSeeds, TheVoltageFor1e7IsWithinOnePercentForEveryPmt) {
  double worst = 0;
  for_each_seed([&](std::uint32_t seed) {
    SeedStation station{seed};
    EXPECT_EQ(station.perform("measure_gain", {{"events", "1000"}, {"hv_after", "off"}}),
              TaskExit::Done);
    const auto found = station.measured("hv_for_1e7_gain");
    for (std::size_t number = 0; number < kStationModules; ++number) {
      for (const int channel : {0, 1}) {
        const auto& pmt = station.pmt(number, channel);
        const double truth = true_voltage(pmt, 1e7, kRoomTemperature);
        ASSERT_TRUE(found.contains(station.name(number, channel)));
        const double value = found.at(station.name(number, channel));
        EXPECT_NEAR(value, truth, 0.01 * truth) << station.name(number, channel);
        worst = std::max(worst, std::abs((value / truth) - 1));
      }
    }
  });
  RecordProperty("worst_deviation_permille", std::to_string(1000 * worst));
  std::cout << "worst deviation from the true voltage: " << 100 * worst << " %\n";
}

TEST(StationSeeds, TheDarkRateIsWithinItsStatisticalError) {
  constexpr int readings = 300;
  std::vector<double> pulls;
  for_each_seed([&](std::uint32_t seed) {
    SeedStation station{seed};
    EXPECT_EQ(
        station.perform(
            "measure_scaler",
            {{"readings", std::to_string(readings)}, {"thermometer", "none"}, {"hv_after", "off"}}),
        TaskExit::Done);
    const auto found = station.measured("dark_rate");
    for (std::size_t number = 0; number < kStationModules; ++number) {
      for (const int channel : {0, 1}) {
        const double truth = true_dark_rate(station.pmt(number, channel), kRoomTemperature);
        ASSERT_TRUE(found.contains(station.name(number, channel)));
        const double error = std::sqrt(truth / (readings * 0.1));
        const double pull = (found.at(station.name(number, channel)) - truth) / error;
        EXPECT_LT(std::abs(pull), 5)
            << station.name(number, channel) << ", true " << truth << " Hz";
        pulls.push_back(pull);
      }
    }
  });
  // Pulls of a right error have a mean square of 1, within 5 of its own errors.
  const double square = mean_square(pulls);
  EXPECT_LT(square, 1 + (5 * std::sqrt(2.0 / static_cast<double>(pulls.size()))));
  std::cout << "dark rates: mean square of " << pulls.size()
            << " deviations in units of their error " << square << "\n";
}

TEST(StationSeeds, WhatIsBrokenIsNamedAndNothingElse) {
  for_each_seed([&](std::uint32_t seed) {
    std::mt19937 dice{seed};
    const auto dead = dice() % kStationModules;
    const auto dim = (dead + 1 + dice() % (kStationModules - 1)) % kStationModules;
    const int channel = static_cast<int>(dice() % 2);
    const auto wheel = std::to_string(dice() % 2);
    const Microseconds start{0};
    SeedStation station{seed,
                        {{start, "fault module" + std::to_string(dead) + " dead"},
                         {start,
                          "fault module" + std::to_string(dim) +
                              " broken-fibre channel=" + std::to_string(channel)},
                         {start, "fault wheel" + wheel + " swapped"}}};
    const auto dead_serial = station.identities()[dead].serial;

    EXPECT_EQ(station.perform("check_laser_visibility",
                              {{"events", "300"},
                               {"wheels", "wheel0, wheel1"},
                               {"positions", "1, 1"},
                               {"hv_after", "off"}}),
              TaskExit::Done);
    EXPECT_THAT(station.unresponsive(), ElementsAre(dead_serial));
    std::set<std::string> dark;
    for (const auto& [name, value] : station.measured("laser_visible")) {
      if (value == 0) {
        dark.insert(name);
      }
    }
    EXPECT_THAT(dark, ElementsAre(station.name(dim, channel)));

    std::erase_if(station.modules(),  // as a run does with a module that does not answer
                  [&](const TaskModule& one) { return one.entry.serial == dead_serial; });

    for (const std::string one : {"0", "1"}) {
      const auto exit = station.perform(
          "check_filters",
          {{"wheel", "wheel" + one},
           {"transmissions",
            one == "0" ? "1, 0.32, 0.25, 0.1, 0.05, 0" : "1, 0.5, 0.25, 0.1, 0.05, 0.01"},
           {"events", "200"},
           {"hv_after", "off"}});
      const auto said = station.critical();
      if (one == wheel) {
        EXPECT_EQ(exit, TaskExit::Errored);
        ASSERT_EQ(said.size(), 1U);
        EXPECT_THAT(said[0],
                    testing::StartsWith("wheel" + one + ": the filters at 2 and 3 are exchanged"));
      } else {
        EXPECT_EQ(exit, TaskExit::Done);
        EXPECT_THAT(said, IsEmpty());
      }
    }
  });
}

TEST(StationSeeds, AWheelThatIsJammedIsNoFaultOfAModule) {
  SeedStation station{1, {{Microseconds{0}, "fault wheel0 jammed"}}};

  EXPECT_THROW(station.perform("check_filters",
                               {{"wheel", "wheel0"},
                                {"transmissions", "0, 1, 0.25, 0.1, 0.05, 0.32"},
                                {"events", "200"}}),
               std::runtime_error);

  EXPECT_THAT(station.unresponsive(), IsEmpty());
  EXPECT_THAT(station.reporter().all<VerdictReport>(), IsEmpty());
}

}  // namespace
}  // namespace fat

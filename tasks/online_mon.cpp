// Modules of a run -> currents, rails, high voltage, pressure, temperature, baselines and dark
// counts of each, all at once.
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "bench_light.hpp"
#include "dark_pulses.hpp"
#include "data_files.hpp"
#include "high_voltage.hpp"
#include "module_json.hpp"
#include "module_work.hpp"
#include "pmt_result.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

// Numbers of reference 1e.
constexpr int kReads = 5;  // of each channel, in each round
constexpr int kOnlineQuiet = 10, kOnlineSamples = 514;
constexpr DarkTrigger kTrigger{.over_baseline = 20, .fir = true};
constexpr double kHighestOnline = 2000, kFurthest = 150;  // V, from the one for 1e7
constexpr double kWidestSpread = 2;                       // %
constexpr double kHighestDark = 2600;                     // Hz
constexpr long long kMostRounds = 1000;

struct Supply {
  const char* name;
  SlowAdcChannel current, rail;
  double highest;  ///< mA
};

constexpr std::array<Supply, 5> kSupplies{{
    {"current_1v1", SlowAdcChannel::Current1V1, SlowAdcChannel::Rail1V1, 1000},
    {"current_1v35", SlowAdcChannel::Current1V35, SlowAdcChannel::Rail1V35, 400},
    {"current_1v8", SlowAdcChannel::Current1V8, SlowAdcChannel::Rail1V8A, 400},
    {"current_2v5", SlowAdcChannel::Current2V5, SlowAdcChannel::Rail2V5, 500},
    {"current_3v3", SlowAdcChannel::Current3V3, SlowAdcChannel::Rail3V3, 300},
}};

/// What the high voltage should be like; `Moving` is On while the temperature moves.
enum class HvStatus { On, Moving, Off };

HvStatus hv_status_of(const TaskContext& context) {
  const auto& text = text_argument(context, "hv_status");
  if (text == "off" || text == "False" || text == "false") {
    return HvStatus::Off;
  }
  if (text == "moving") {
    return HvStatus::Moving;
  }
  if (text == "on" || text == "True" || text == "true") {
    return HvStatus::On;
  }
  throw std::runtime_error("hv_status is on, moving or off, not '" + text + "'");
}

class Readings {
 public:
  void add(double value) {
    sum_ += value;
    squares_ += value * value;
    ++count_;
  }

  double mean() const { return sum_ / count_; }

  /// %
  double relative_spread() const {
    const double spread = std::sqrt(std::max(0.0, (squares_ / count_) - (mean() * mean())));
    return mean() > 0 ? 100 * spread / mean() : 0;
  }

 private:
  double sum_ = 0, squares_ = 0;
  int count_ = 0;
};

/// What one module says.
struct Look {
  std::array<Readings, kSupplies.size()> currents, rails;
  std::array<Readings, 2> volts;
  std::array<DarkCounts, 2> counts;
  std::array<bool, 2> hv_up{};  ///< was brought there
  double pressure = 0, celsius = 0;

  double watts() const {
    double sum = 0;
    for (std::size_t i = 0; i < currents.size(); ++i) {
      sum += currents.at(i).mean() * rails.at(i).mean() / 1e3;
    }
    return sum;
  }
};

class OnlineMonitor {
 public:
  explicit OnlineMonitor(const TaskContext& context)
      : context_(context),
        status_(hv_status_of(context)),
        rounds_(integer_argument(context, "n_repeat")),
        files_(context, "online_mon") {
    hv_after_argument(context);  // a wrong word is said before anything is switched
    if (rounds_ < 1 || rounds_ > kMostRounds) {
      throw std::runtime_error(fmt::format("n_repeat is between 1 and {}", kMostRounds));
    }
  }

  bool wants_high_voltage() const { return status_ != HvStatus::Off; }

  void look(const TaskModule& module, DetectorModule& session) const {
    Look look;
    if (wants_high_voltage()) {
      at_nominal_voltage(context_, module, session, [&](const std::vector<int>& channels) {
        for (const int channel : channels) {
          look.hv_up.at(static_cast<std::size_t>(channel)) = true;
        }
        look_at_pmts(session, channels, look);
      });
    } else {
      look_at_pmts(session, {0, 1}, look);
    }
    look_at_board(session, look);
    tell(module, look);
  }

 private:
  void look_at_board(DetectorModule& session, Look& look) const {
    for (long long round = 0; round < rounds_; ++round) {
      for (int read = 0; read < kReads; ++read) {
        for (std::size_t i = 0; i < kSupplies.size(); ++i) {
          look.currents.at(i).add(session.read_slow_adc(kSupplies.at(i).current).value);
          look.rails.at(i).add(session.read_slow_adc(kSupplies.at(i).rail).value);
        }
      }
    }
    look.celsius = session.read_slow_adc(SlowAdcChannel::Temperature).value;
    look.pressure = session.pressure();
  }

  void look_at_pmts(DetectorModule& session, const std::vector<int>& channels, Look& look) const {
    std::vector<DarkCounts> counts;
    for (const int channel : channels) {
      const PmtChannel pmt{context_, session, channel};
      const double baseline = measure_baseline(pmt, kOnlineQuiet, kOnlineSamples);
      counts.push_back({.channel = channel, .baseline = baseline, .counts = {}});
    }
    for (const auto& one : counts) {  // a stream disarms both
      arm_dark(session, one.channel, one.baseline, kTrigger);
    }
    for (long long round = 0; round < rounds_; ++round) {
      for (int read = 0; read < kReads; ++read) {
        for (const int channel : channels) {
          look.volts.at(static_cast<std::size_t>(channel))
              .add(session.read_slow_adc(channel == 0 ? SlowAdcChannel::Hv0 : SlowAdcChannel::Hv1)
                       .value);
        }
      }
      count_pulses(context_, session, counts, 1);
    }
    disarm(session);
    for (auto& one : counts) {
      look.counts.at(static_cast<std::size_t>(one.channel)) = std::move(one);
    }
  }

  void tell(const TaskModule& module, const Look& look) const {
    write_files(module, look);
    const bool currents = tell_board(module, look);
    const bool lower = tell_pmt({context_, module, 0}, look);
    const bool upper = tell_pmt({context_, module, 1}, look);
    change_module_json(module.file, [&](Json& json) {
      json[free_key(json, "OnlineMon")] = {{"Folder", files_.folder().string()},
                                           {"Comment", comment_argument(context_)},
                                           {"HVStatus", text_argument(context_, "hv_status")},
                                           {"IMONResult", currents ? 1 : 0},
                                           {"HV0Result", lower ? 1 : 0},
                                           {"HV1Result", upper ? 1 : 0}};
    });
    const bool good = currents && lower && upper;
    const auto word = [](bool one) { return one ? "good" : "OUT OF LIMITS"; };
    say(context_,
        fmt::format("{}: currents {}, lower high voltage {}, upper {}; {:.2f} W, {:.1f} degC, "
                    "{:.1f} hPa",
                    module.entry.serial,
                    word(currents),
                    word(lower),
                    word(upper),
                    look.watts(),
                    look.celsius,
                    look.pressure),
        good ? "info" : "warning");
  }

  void write_files(const TaskModule& module, const Look& look) const {
    std::vector<Column> columns;
    for (std::size_t i = 0; i < kSupplies.size(); ++i) {
      columns.push_back({kSupplies.at(i).name, "mA", {look.currents.at(i).mean()}});
      columns.push_back(
          {std::string{kSupplies.at(i).name} + "_rail", "V", {look.rails.at(i).mean()}});
    }
    columns.push_back({"temperature", "degC", {look.celsius}});
    columns.push_back({"pressure", "hPa", {look.pressure}});
    files_.write_table(module.entry.serial + "_online.csv", columns);
  }

  void of_module(const TaskModule& module,
                 const char* name,
                 double number,
                 const char* unit,
                 const Limits& limits = {}) const {
    measured(context_,
             {.module = module.entry.serial,
              .channel = {},
              .name = name,
              .value = number,
              .unit = unit,
              .limits = limits});
  }

  /// True when every current is within its limit; the original looked at the first one only.
  bool tell_board(const TaskModule& module, const Look& look) const {
    bool good = true;
    for (std::size_t i = 0; i < kSupplies.size(); ++i) {
      const auto& supply = kSupplies.at(i);
      const double current = look.currents.at(i).mean();
      of_module(module, supply.name, current, "mA", {.max = supply.highest});
      good = good && current <= supply.highest;
    }
    of_module(module, "power", look.watts(), "W");
    of_module(module, "temperature", look.celsius, "degC");
    of_module(module, "pressure", look.pressure, "hPa");
    return good;
  }

  bool tell_pmt(const PmtResult& pmt, const Look& look) const {
    const auto index = static_cast<std::size_t>(pmt.channel());
    if (wants_high_voltage() && !look.hv_up.at(index)) {
      return false;  // has been said
    }
    const auto& volts = look.volts.at(index);
    const auto& counts = look.counts.at(index);
    pmt.measured("baseline", counts.baseline, "ADC counts");
    if (!wants_high_voltage()) {
      pmt.measured("hv", volts.mean(), "V", {.max = kHvGone});
      return volts.mean() <= kHvGone;
    }
    const double nominal = pmt.record().nominal_voltage.value_or(0);
    const Limits limits{.min = nominal - kFurthest,
                        .max = std::min(kHighestOnline, nominal + kFurthest)};
    const double spread = volts.relative_spread();
    pmt.measured("hv", volts.mean(), "V", limits);
    pmt.measured("hv_spread", spread, "%", {.max = kWidestSpread});
    if (const auto rate = counts.rate()) {
      pmt.measured("dark_count_rate", rate->rate.value, "Hz");
      if (rate->rate.value >= kHighestDark) {
        say(context_, fmt::format("{}: {:.0f} dark pulses a second", pmt.name(), rate->rate.value));
      }
    }
    return volts.mean() >= *limits.min && volts.mean() <= *limits.max && spread <= kWidestSpread;
  }

  const TaskContext& context_;
  HvStatus status_;
  long long rounds_;
  DataFiles files_;
};

TaskExit online_mon(const TaskContext& context) {
  const OnlineMonitor monitor{context};
  require_laser_off(context);
  return for_each_module(
      context, Together::AllModules, [&](const TaskModule& module, DetectorModule& session) {
        monitor.look(module, session);
      });
}

}  // namespace

BuiltinTask online_mon_task() {
  TaskInfo info;
  info.name = "online_mon";
  info.summary =
      "all modules at once: currents, rails, high voltage, pressure, temperature, dark counts";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.parameters = {
      comment_parameter(),
      parameter("hv_status",
                ParameterType::Text,
                "on",
                "on: brought to the voltage for a gain of 1e7; moving: the same while the "
                "temperature moves; off: as it is, and it should be off"),
      parameter("n_repeat", ParameterType::Integer, "3", "how often everything is read"),
      hv_after_parameter(),
      laser_parameter()};
  for (const auto& supply : kSupplies) {
    info.measurements.push_back(
        {.name = supply.name, .min = {}, .max = supply.highest, .unit = "mA"});
  }
  info.measurements.push_back({.name = "hv", .min = {}, .max = kHighestOnline, .unit = "V"});
  info.estimate = std::chrono::minutes{1};
  return {info, online_mon};
}

}  // namespace fat

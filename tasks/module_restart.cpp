// Modules that work -> the same after their power was off, with their FPGA images again.
#include "module_restart.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "fat/ports/device_error.hpp"
#include "fpga_image.hpp"
#include "high_voltage.hpp"
#include "in_parallel.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

using std::chrono::minutes;

constexpr int kLoads = 2;  // of an image, in each round (reference 1e)
constexpr Microseconds kShortest = std::chrono::seconds{1};
constexpr Microseconds kLook = minutes{1};

bool contains(const std::vector<int>& numbers, int number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

class Restart {
 public:
  Restart(const TaskContext& context, const RestartWish& wish)
      : context_(context), wish_(wish), results_(context.modules.size()) {}

  std::vector<RestartResult> perform() {
    std::vector<std::size_t> open(context_.modules.size());
    std::iota(open.begin(), open.end(), 0);
    high_voltage_off();
    for (int round = 1; round <= wish_.rounds && !open.empty(); ++round) {
      if (round == 1 && wish_.cold) {
        cold_cycle(open);
      } else {
        warm_cycle(open, round == 1 ? wish_.off : kShortest);
      }
      wake(open);
      std::erase_if(open, [&](std::size_t index) { return results_[index].good; });
    }
    return std::move(results_);
  }

 private:
  /// What does not answer loses it with its power.
  void high_voltage_off() const {
    in_parallel(context_.modules.size(), [&](std::size_t index) {
      const auto& module = context_.modules[index];
      try {
        const auto session = context_.bench.open(module.entry);
        for (const int channel : {0, 1}) {
          PmtHighVoltage high_voltage{context_, module, *session, channel};
          const auto state = high_voltage.state();
          if (state.on || std::abs(state.volts) > kHvGone) {
            high_voltage.switch_off();
          }
        }
      } catch (const DeviceError& error) {
        say(context_,
            fmt::format("{}: its high voltage was not brought down before its power goes off: {}",
                        module.entry.serial,
                        error.what()),
            "warning");
      }
    });
  }

  void stay_off(Microseconds time) const {
    const auto begin = context_.clock.now().boot;
    for (auto passed = Microseconds{0}; passed < time; passed = context_.clock.now().boot - begin) {
      context_.pause(std::min(kLook, time - passed));
      context_.reporter.report(Heartbeat{});
      if (time > kLook) {
        context_.reporter.report(ProgressReport{
            std::min(0.95, static_cast<double>(passed.count()) / static_cast<double>(time.count())),
            fmt::format("without power, {} min left",
                        std::chrono::duration_cast<minutes>(time - passed).count())});
      }
    }
  }

  /// Modules of these wire pairs may have kept their power all the time. A later round makes good
  /// for it, but for a night that was not cold.
  void stayed_on(const std::vector<std::size_t>& which, const std::vector<int>& pairs) {
    for (const auto index : which) {
      auto& restarted = results_[index].restarted;
      const bool off = !contains(pairs, wire_pair_of(context_.modules[index]));
      restarted = wish_.cold ? restarted && off : off;
    }
  }

  void cold_cycle(const std::vector<std::size_t>& which) {
    const auto pairs = wire_pairs_of(context_);
    stayed_on(which, with_field_hubs(context_, pairs, [](FieldHub& hub, const WirePair& /*pair*/) {
                hub.set_wire_pair_power(false);  // it reads back the pair's voltage, or throws
              }));
    stay_off(wish_.off);
    with_field_hubs(context_, pairs, [&](FieldHub& hub, const WirePair& pair) {
      hub.set_wire_pair_power(true);
      for (const auto* module : pair.modules) {
        switch_module_on(context_, hub, *module);
      }
    });
  }

  void warm_cycle(const std::vector<std::size_t>& which, Microseconds off) {
    if (!wish_.has_field_hub) {
      reboot(which);
      return;
    }
    std::vector<const TaskModule*> modules;
    modules.reserve(which.size());
    for (const auto index : which) {
      modules.push_back(&context_.modules[index]);
    }
    const auto pairs = wire_pairs_of(modules);
    stayed_on(which, with_field_hubs(context_, pairs, [](FieldHub& hub, const WirePair& pair) {
                for (const auto* module : pair.modules) {
                  hub.set_module_power(device_of(*module), false);
                }
              }));
    stay_off(off);
    with_field_hubs(context_, pairs, [&](FieldHub& hub, const WirePair& pair) {
      for (const auto* module : pair.modules) {
        switch_module_on(context_, hub, *module);
      }
    });
  }

  void reboot(const std::vector<std::size_t>& which) {
    in_parallel(which.size(), [&](std::size_t number) {
      const auto& module = context_.modules[which[number]];
      auto& restarted = results_[which[number]].restarted;
      try {
        restarted = false;
        context_.bench.open(module.entry)->reboot();
        restarted = true;
      } catch (const DeviceError& error) {
        say(context_, error.what(), "warning");
      }
    });
  }

  void wake(const std::vector<std::size_t>& which) {
    const PatientBench bench{context_, wish_.boot};
    in_parallel(which.size(), [&](std::size_t number) {
      const auto index = which[number];
      wake_one(bench, context_.modules[index], results_[index]);
      context_.reporter.report(Heartbeat{});
    });
  }

  void wake_one(const Bench& bench, const TaskModule& module, RestartResult& result) const {
    ++result.rounds;
    result.fpga_version = -1;
    try {
      const auto session = bench.open(module.entry);
      result.fpga_version = repair_fpga_image(context_, module, *session, kLoads);
      if (!is_right_image(module, result.fpga_version)) {
        result.why = "its FPGA does not take its image";
        return;
      }
      result.celsius = session->read_slow_adc(SlowAdcChannel::Temperature).value;
      result.good = result.restarted;
      result.why = result.restarted ? "" : "nobody could take its power";
    } catch (const DeviceError& error) {
      result.why = error.what();
    }
  }

  const TaskContext& context_;
  const RestartWish& wish_;
  std::vector<RestartResult> results_;
};

}  // namespace

bool all_were_restarted(const std::vector<RestartResult>& results) {
  return std::ranges::none_of(
      results, [](const RestartResult& one) { return !one.restarted && one.fpga_version >= 0; });
}

std::vector<RestartResult> restart_modules(const TaskContext& context, const RestartWish& wish) {
  if (context.modules.empty()) {
    throw std::runtime_error{"the run has no modules"};
  }
  return Restart{context, wish}.perform();
}

}  // namespace fat

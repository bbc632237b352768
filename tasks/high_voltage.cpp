// One PMT of an open module -> its high voltage where it should be, as read back.
#include "high_voltage.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "arguments.hpp"
#include "fat/ports/device_error.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

using std::chrono::seconds;

constexpr double kRamp = 50;           // V/s, of the board
constexpr double kVoltTolerance = 20;  // V, of a voltage that is reached (reference 1e)
constexpr double kSteady = 5;          // V, from one reading to the next
constexpr Microseconds kPeriod = seconds{1};
constexpr int kLateLooks = 3;  ///< a process that was held up looks again before it gives up
constexpr Microseconds kGrace = seconds{30};  ///< beyond the ramp itself

}  // namespace

PmtHighVoltage::PmtHighVoltage(const TaskContext& context,
                               const TaskModule& module,
                               DetectorModule& session,
                               int channel)
    : context_(context),
      session_(session),
      channel_(channel),
      name_(module.entry.serial + " " + channel_name(channel)) {}

double PmtHighVoltage::read() {
  return session_.read_slow_adc(channel_ == 0 ? SlowAdcChannel::Hv0 : SlowAdcChannel::Hv1).value;
}

double PmtHighVoltage::read_mean(int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += read();
  }
  return sum / count;
}

HvState PmtHighVoltage::state() {
  return {.on = session_.high_voltage().enabled(channel_), .volts = read()};
}

void PmtHighVoltage::wait_for(const Goal& goal) {
  double last = read();
  const auto ramp = seconds{std::lround(std::abs(goal.volts - last) / kRamp)};
  const auto end = context_.clock.now().boot + ramp + kGrace;
  for (int late = 0; late < kLateLooks;) {
    context_.pause(kPeriod);
    context_.reporter.report(Heartbeat{});
    const bool is_late = context_.clock.now().boot > end;  // before the look: it may take its time
    const double volts = read();
    const bool there = std::abs(volts - goal.volts) <= goal.tolerance;
    if (there && std::abs(volts - last) <= kSteady) {
      return;
    }
    last = volts;
    late = is_late ? late + 1 : 0;
  }
  throw DeviceError{
      DeviceFault::Refused,
      name_,
      fmt::format(
          "the high voltage reads back as {:.0f} V, not as {:.0f} V, {} s after it was set: "
          "look at its interlock and its supply",
          last,
          goal.volts,
          std::chrono::duration_cast<seconds>(ramp + kGrace).count())};
}

void PmtHighVoltage::ramp_to(double volts) {
  auto& board = session_.high_voltage();
  if (!board.enabled(channel_)) {
    board.enable(channel_, true);
  }
  const auto whole = std::lround(volts);
  board.set(channel_, static_cast<int>(whole));
  wait_for({.volts = static_cast<double>(whole), .tolerance = kVoltTolerance});
}

void PmtHighVoltage::switch_off() {
  auto& board = session_.high_voltage();
  board.set(channel_, 0);
  board.enable(channel_, false);
  wait_for({.volts = 0, .tolerance = kHvGone});
}

void PmtHighVoltage::bring_to(const HvState& state) {
  if (state.on) {
    ramp_to(state.volts);
  } else {
    switch_off();
  }
}

ParameterInfo hv_after_parameter() {
  return {.name = "hv_after",
          .type = ParameterType::Text,
          .required = false,
          .default_text = "as_before",
          .help =
              "as_before, on (at the voltage for a gain of 1e7) or off; after a failure always "
              "as before"};
}

HvAfter hv_after_argument(const TaskContext& context) {
  const auto& text = text_argument(context, "hv_after");
  if (text == "as_before") {
    return HvAfter::AsBefore;
  }
  if (text == "on" || text == "off") {
    return text == "on" ? HvAfter::On : HvAfter::Off;
  }
  throw std::runtime_error{"hv_after is as_before, on or off, not '" + text + "'"};
}

namespace {

/// Does `leave`; when it fails, says so as critical and throws on.
void leave_or_say(const TaskContext& context,
                  const PmtHighVoltage& high_voltage,
                  const std::function<void()>& leave) {
  try {
    leave();
  } catch (const DeviceError& error) {
    say(context,
        fmt::format("{}: the high voltage could not be brought back and may be on: {}",
                    high_voltage.name(),
                    error.what()),
        "critical");
    throw;
  }
}

void leave(PmtHighVoltage& high_voltage, HvAfter after, const HvState& before, double nominal) {
  switch (after) {
    case HvAfter::AsBefore:
      high_voltage.bring_to(before);
      return;
    case HvAfter::On:
      high_voltage.ramp_to(nominal);
      return;
    case HvAfter::Off:
      high_voltage.switch_off();
      return;
  }
}

}  // namespace

void with_high_voltage(const TaskContext& context,
                       PmtHighVoltage& high_voltage,
                       HvAfter after,
                       const std::function<double()>& work) {
  const auto before = high_voltage.state();
  double nominal = 0;
  try {
    nominal = work();
  } catch (const std::exception&) {
    leave_or_say(context, high_voltage, [&] { high_voltage.bring_to(before); });
    throw;
  }
  leave_or_say(context, high_voltage, [&] { leave(high_voltage, after, before, nominal); });
}

namespace {

/// The PMTs of one module, brought up one inside the other.
class BringUp {
 public:
  BringUp(const TaskContext& context,
          const TaskModule& module,
          DetectorModule& session,
          const std::function<void(const std::vector<int>&)>& work)
      : context_(context),
        module_(module),
        session_(session),
        work_(work),
        after_(hv_after_argument(context)) {}

  void from(int channel) {
    if (channel > 1) {
      if (!up_.empty()) {
        work_(up_);
      }
      return;
    }
    const auto nominal = module_.pmts.at(static_cast<std::size_t>(channel)).nominal_voltage;
    if (!nominal) {
      inconclusive(
          context_, module_, channel, "the module JSON has no HV1e7Gain: measure the gain");
      from(channel + 1);
      return;
    }
    PmtHighVoltage high_voltage{context_, module_, session_, channel};
    with_high_voltage(context_, high_voltage, after_, [&] {
      try {
        high_voltage.ramp_to(*nominal);
        up_.push_back(channel);
      } catch (const DeviceError& error) {
        if (error.fault() != DeviceFault::Refused) {
          throw;
        }
        inconclusive(context_, module_, channel, error.what());
      }
      from(channel + 1);
      return *nominal;
    });
  }

 private:
  const TaskContext& context_;
  const TaskModule& module_;
  DetectorModule& session_;
  const std::function<void(const std::vector<int>&)>& work_;
  HvAfter after_;
  std::vector<int> up_;
};

}  // namespace

void at_nominal_voltage(const TaskContext& context,
                        const TaskModule& module,
                        DetectorModule& session,
                        const std::function<void(const std::vector<int>& channels)>& work) {
  BringUp{context, module, session, work}.from(0);
}

}  // namespace fat

// Tektronix AFG3101 and Rigol DP932U as their clients see them, and the Prologix in front of one.
#include "sim/scpi_instruments.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr double kHighest = 100e6;   // Hz
constexpr double kBurstRate = 1000;  // Hz, of its own trigger
constexpr double kStrip = 14.6;      // ohm, of a heating strip
constexpr double kLoad = 48;         // ohm, on the third output

std::string number(double value) {
  return fmt::format("{:.6E}", value);
}

std::string on_off(bool on) {
  return on ? "1" : "0";
}

}  // namespace

VirtualGenerator::VirtualGenerator(std::shared_ptr<BenchModel> drives)
    : ScpiInstrument("TEKTRONIX,AFG3101,C100101,SCPI:99.0 FV:1.0", "0,\"No error\""),
      drives_(std::move(drives)) {
  VirtualGenerator::reset();
  define_signal();
  define_burst();
}

VirtualDevice::Answer VirtualGenerator::execute(const std::string& line, Microseconds now) {
  auto answer = ScpiInstrument::execute(line, now);
  if (drives_) {
    auto& laser = drives_->laser;
    laser.output = output_;
    laser.high = shape_ == "DC" ? 0 : offset_ + (amplitude_ / 2);
    laser.frequency = burst_ ? kBurstRate : frequency_;
  }
  return answer;
}

std::vector<OwnFault> VirtualGenerator::own_faults() const {
  return drives_ ? std::vector<OwnFault>{{"laser-off"}} : std::vector<OwnFault>{};
}

void VirtualGenerator::set_own_fault(std::string_view /*name*/,
                                     int /*channel*/,
                                     bool on,
                                     Microseconds /*now*/) {
  drives_->laser.supply = !on;
}

void VirtualGenerator::reset() {
  shape_ = "SIN";
  unit_ = "VPP";
  frequency_ = 1e6;
  amplitude_ = 1;
  offset_ = 0;
  burst_ = output_ = false;
  cycles_ = 5;
}

void VirtualGenerator::define_signal() {
  const auto value = [this](std::string_view pattern, double& variable, double low, double high) {
    define(pattern, [&variable, low, high](const ScpiCall& call) {
      if (!call.query) {
        variable = scpi_value(call, 0, low, high);
      }
      return number(variable);
    });
  };
  const auto word =
      [this](std::string_view pattern, std::string& variable, std::vector<std::string> known) {
        define(pattern, [&variable, known = std::move(known)](const ScpiCall& call) {
          if (!call.query) {
            const auto wanted = call.arguments.empty() ? std::string{} : call.arguments.front();
            const auto found = std::ranges::find_if(known, [&](const std::string& one) {
              return !wanted.empty() && wanted.starts_with(one);
            });
            if (found == known.end()) {
              throw ScpiFault{-224, "Illegal parameter value"};
            }
            variable = *found;
          }
          return variable;
        });
      };
  value("[SOURce#]:FREQuency[:CW]", frequency_, 1e-6, kHighest);
  value("[SOURce#]:FREQuency:FIXed", frequency_, 1e-6, kHighest);
  value("[SOURce#]:VOLTage[:LEVel][:IMMediate][:AMPLitude]", amplitude_, 0.02, 10);
  value("[SOURce#]:VOLTage[:LEVel][:IMMediate]:OFFSet", offset_, -5, 5);
  word("[SOURce#]:VOLTage[:LEVel][:IMMediate]:UNIT", unit_, {"VPP", "VRMS", "DBM"});
  word("[SOURce#]:FUNCtion[:SHAPe]",
       shape_,
       {"SIN", "SQU", "PULS", "RAMP", "PRN", "DC", "SINC", "GAUS", "LOR", "ERIS", "EDEC", "HAV"});
}

void VirtualGenerator::define_burst() {
  const auto flag = [this](std::string_view pattern, bool& variable) {
    define(pattern, [&variable](const ScpiCall& call) {
      variable = call.query ? variable : scpi_switch(call, 0);
      return on_off(variable);
    });
  };
  flag("[SOURce#]:BURSt[:STATe]", burst_);
  flag("OUTPut#[:STATe]", output_);
  define("[SOURce#]:BURSt:NCYCles", [this](const ScpiCall& call) {
    if (!call.query) {
      cycles_ = static_cast<int>(scpi_value(call, 0, 1, 1e6));
    }
    return number(cycles_);
  });
  define("SYSTem:BEEPer[:IMMediate]", [](const ScpiCall&) { return std::string{}; });
  define("SYSTem:BEEP", [](const ScpiCall&) { return std::string{}; });
  define("*TRG", [](const ScpiCall&) { return std::string{}; });
  define("STATus:OPERation:CONDition", [](const ScpiCall&) { return std::string{"0"}; });
}

VirtualSupply::VirtualSupply(std::shared_ptr<BenchModel> model)
    : ScpiInstrument("RIGOL TECHNOLOGIES,DP932U,DP9C243500285,00.01.00", "0,\"No error\""),
      model_(std::move(model)) {
  VirtualSupply::reset();
  define_settings();
  define_measurements();
}

VirtualDevice::Answer VirtualSupply::execute(const std::string& line, Microseconds now) {
  auto answer = ScpiInstrument::execute(line, now);
  const auto watts = [](const Channel& one) { return one.output() * one.output() / one.ohm; };
  model_->cryostat.heat(watts(channels_[0]), watts(channels_[1]), model_->hours(now));
  return answer;
}

void VirtualSupply::reset() {
  const auto before = channels_;
  const Channel heater{.amperes = 1, .most_volts = 32, .most_amperes = 3, .ohm = kStrip};
  channels_ = {heater, heater, {.amperes = 1, .most_volts = 6, .most_amperes = 3, .ohm = kLoad}};
  for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
    channels_.at(channel).stuck = before.at(channel).stuck;
    channels_.at(channel).on = before.at(channel).stuck && before.at(channel).on;
  }
  selected_ = 1;
}

VirtualSupply::Channel& VirtualSupply::channel_of(const ScpiCall& call) {
  int wanted = selected_;
  if (!call.arguments.empty() && call.arguments.front().starts_with("CH")) {
    const auto& text = call.arguments.front();
    wanted = 0;
    std::from_chars(text.data() + 2, text.data() + text.size(), wanted);
  }
  if (wanted < 1 || wanted > 3) {
    throw ScpiFault{-224, "Illegal parameter value"};
  }
  return channels_.at(static_cast<std::size_t>(wanted - 1));
}

VirtualSupply::Channel& VirtualSupply::numbered(const ScpiCall& call) {
  if (call.channel < 1 || call.channel > 3) {
    throw ScpiFault{-114, "Header suffix out of range"};
  }
  return channels_.at(static_cast<std::size_t>(call.channel - 1));
}

void VirtualSupply::define_settings() {
  define("SOURce#:VOLTage[:LEVel][:IMMediate][:AMPLitude]", [this](const ScpiCall& call) {
    auto& channel = numbered(call);
    channel.volts = call.query ? channel.volts : scpi_value(call, 0, 0, channel.most_volts);
    return fmt::format("{:.3f}", channel.volts);
  });
  define("SOURce#:CURRent[:LEVel][:IMMediate][:AMPLitude]", [this](const ScpiCall& call) {
    auto& channel = numbered(call);
    channel.amperes = call.query ? channel.amperes : scpi_value(call, 0, 0, channel.most_amperes);
    return fmt::format("{:.3f}", channel.amperes);
  });
  define("OUTPut[:STATe]", [this](const ScpiCall& call) {
    auto& channel = channel_of(call);
    const bool wanted = call.query ? channel.on : scpi_switch(call, call.arguments.size() - 1);
    channel.on = channel.stuck ? channel.on : wanted;
    return std::string{channel.on ? "ON" : "OFF"};
  });
  define("INSTrument[:SELect]", [this](const ScpiCall& call) {
    if (!call.query) {
      selected_ = static_cast<int>(&channel_of(call) - channels_.data()) + 1;
    }
    return fmt::format("CH{}", selected_);
  });
  define("INSTrument:NSELect", [this](const ScpiCall& call) {
    selected_ = call.query ? selected_ : static_cast<int>(scpi_value(call, 0, 1, 3));
    return std::to_string(selected_);
  });
  for (const auto* const ignored :
       {"SYSTem:REMote", "SYSTem:LOCal", "SYSTem:BEEPer:STATe", "SYSTem:OTP"}) {
    define(ignored, [](const ScpiCall&) { return std::string{"0"}; });
  }
}

void VirtualSupply::define_measurements() {
  const auto measure = [this](const Channel& channel) {
    const double volts = channel.on ? channel.output() + (1e-3 * model_->noise.normal()) : 0;
    return std::array{volts, volts / channel.ohm, volts * volts / channel.ohm};
  };
  define("MEASure:ALL[:DC]", [this, measure](const ScpiCall& call) {
    const auto values = measure(channel_of(call));
    return fmt::format("{:.4f},{:.4f},{:.3f}", values[0], values[1], values[2]);
  });
  std::size_t index = 0;
  for (const auto* const pattern :
       {"MEASure[:VOLTage][:DC]", "MEASure:CURRent[:DC]", "MEASure:POWEr[:DC]"}) {
    define(pattern, [this, measure, index](const ScpiCall& call) {
      return fmt::format("{:.4f}", measure(channel_of(call)).at(index));
    });
    ++index;
  }
}

VirtualPrologix::VirtualPrologix(std::unique_ptr<ScpiInstrument> instrument, int gpib)
    : VirtualDevice('\n', Microseconds{0}), instrument_(std::move(instrument)), gpib_(gpib) {}

VirtualDevice::Answer VirtualPrologix::execute(const std::string& line, Microseconds now) {
  if (line.starts_with("++")) {
    return own_command(std::string_view{line}.substr(2));
  }
  std::string bare;
  for (std::size_t i = 0; i < line.size(); ++i) {
    i += line[i] == '\x1b' && i + 1 < line.size() ? 1 : 0;
    bare += line[i];
  }
  if (address_ == gpib_) {
    unread_ = instrument_->execute(bare, now).bytes;  // what was not read is lost
  }
  return {};
}

VirtualDevice::Answer VirtualPrologix::own_command(std::string_view command) {
  if (command.starts_with("addr ")) {
    address_ = -1;
    std::from_chars(command.data() + 5, command.data() + command.size(), address_);
    return {};
  }
  if (command == "addr") {
    return {std::to_string(address_) + "\r\n", Microseconds{0}};
  }
  if (command == "ver") {
    return {"Prologix GPIB-ETHERNET Controller version 01.06.06.00\r\n", Microseconds{0}};
  }
  if (command == "clr") {
    unread_.clear();
  }
  return command.starts_with("read") && address_ == gpib_
             ? Answer{std::exchange(unread_, {}), Microseconds{0}}
             : Answer{};
}

}  // namespace fat

// Instruments of slow control as their clients see them: source meter, cold thermometer, Lauda.
#include "sim/slow_instruments.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr double kMeterLoad = 10e6;      // ohm, on the source meter
constexpr double kCold = 87.3;           // K, of input 1; each further one is a kelvin warmer
constexpr double kOhmPerKelvin = 0.385;  // about, of its sensors

}  // namespace

VirtualSourceMeter::VirtualSourceMeter()
    : ScpiInstrument("KEITHLEY INSTRUMENTS INC.,MODEL 2410,1234567,C32 Oct  4 2010 14:20:11/A02",
                     "0,\"No error\"") {
  define("[SOURce]:VOLTage[:LEVel][:IMMediate][:AMPLitude]", [this](const ScpiCall& call) {
    volts_ = call.query ? volts_ : scpi_value(call, 0, -1100, 1100);
    return fmt::format("{:+.6E}", volts_);
  });
  define("[SENSe]:CURRent[:DC]:PROTection[:LEVel]", [this](const ScpiCall& call) {
    most_amperes_ = call.query ? most_amperes_ : scpi_value(call, 0, 1e-9, 1.05);
    return fmt::format("{:+.6E}", most_amperes_);
  });
  define("[SENSe]:CURRent[:DC]:PROTection:TRIPped",
         [this](const ScpiCall&) { return std::string{in_compliance() ? "1" : "0"}; });
  define("OUTPut[:STATe]", [this](const ScpiCall& call) {
    output_ = call.query ? output_ : scpi_switch(call, 0);
    return std::string{output_ ? "1" : "0"};
  });
  define("READ", [this](const ScpiCall&) {
    if (!output_) {
      throw ScpiFault{803, "Not permitted with OUTPUT off"};
    }
    return reading();
  });
  define("SYSTem:LOCal", [](const ScpiCall&) { return std::string{}; });
}

void VirtualSourceMeter::reset() {
  volts_ = 0;
  most_amperes_ = 1e-4;
  output_ = false;
}

bool VirtualSourceMeter::in_compliance() const {
  return output_ && std::abs(volts_) / kMeterLoad > most_amperes_;
}

// Voltage, current, resistance (never measured here), time, status.
std::string VirtualSourceMeter::reading() const {
  const auto amperes = std::clamp(volts_ / kMeterLoad, -most_amperes_, most_amperes_);
  const double status = (1U << 12U) + (in_compliance() ? 8U : 0U);
  return fmt::format(
      "{:+.6E},{:+.6E},+9.910000E+37,+1.234560E+02,{:+.6E}", amperes * kMeterLoad, amperes, status);
}

VirtualDevice::Answer VirtualLakeShore::execute(const std::string& line, Microseconds /*now*/) {
  if (line == "*IDN?") {
    return {"LSCI,MODEL218E,21EA4F,042109\r\n", Microseconds{0}};
  }
  const auto blank = line.find(' ');
  int input = -1;
  if (blank != std::string::npos) {
    std::from_chars(line.data() + blank + 1, line.data() + line.size(), input);
  }
  const auto query = line.substr(0, blank);
  const bool known = query == "KRDG?" || query == "CRDG?" || query == "SRDG?" || query == "RDGST?";
  if (!known || input < 0 || input > kInputs || (input == 0 && query == "RDGST?")) {
    return {};  // it says nothing to what it does not know
  }
  auto reply = value(query, std::max(input, 1));
  for (int next = 2; input == 0 && next <= kInputs; ++next) {
    reply += "," + value(query, next);
  }
  return {reply + "\r\n", Microseconds{0}};
}

std::string VirtualLakeShore::value(const std::string& query, int input) const {
  const bool open = open_.at(static_cast<std::size_t>(input - 1));
  if (query == "RDGST?") {
    return open ? "128" : "000";
  }
  const auto kelvin = open ? 0 : kCold + input - 1;
  if (query == "SRDG?") {
    return fmt::format("{:+.4f}", kelvin * kOhmPerKelvin);
  }
  return fmt::format("{:+.2f}", query == "CRDG?" ? kelvin - 273.15 : kelvin);
}

VirtualDevice::Answer VirtualLauda::execute(const std::string& line, Microseconds now) {
  const auto kelvin = speed_ * std::chrono::duration<double>(now - std::min(updated_, now)).count();
  updated_ = now;
  const auto target = runs_ ? setpoint_ : bath_;
  bath_ = std::clamp(target, bath_ - kelvin, bath_ + kelvin);
  return {obey(line) + "\r\n", Microseconds{0}};
}

std::string VirtualLauda::obey(const std::string& line) {
  constexpr std::string_view set_setpoint = "OUT_SP_00";
  if (line == "START" || line == "STOP") {
    runs_ = line == "START" && !low_level_;
    return "OK";
  }
  if (line.starts_with(set_setpoint)) {
    return set(std::string_view{line}.substr(set_setpoint.size()));
  }
  const std::map<std::string_view, std::string> readings{
      {"TYPE", "VC"},
      {"STATUS", low_level_ ? "-1" : "0"},
      {"STAT", low_level_ ? "1000100" : "0000000"},
      {"IN_MODE_02", runs_ ? "0" : "1"},
      {"IN_PV_00", fmt::format("{:.2f}", bath_)},
      {"IN_PV_01", "ERR_8"},  // no external sensor
      {"IN_PV_05", low_level_ ? "0" : "8"},
      {"IN_SP_00", fmt::format("{:.2f}", setpoint_)}};
  const auto found = readings.find(line);
  return found == readings.end() ? "ERR_3" : found->second;
}

/// "_20.00" or " 20.00".
std::string VirtualLauda::set(std::string_view text) {
  double value = 0;
  text.remove_prefix(std::min<std::size_t>(text.size(), 1));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return "ERR_5";
  }
  const bool within = value >= -40 && value <= 150;  // false of NaN
  if (!within) {
    return "ERR_6";
  }
  setpoint_ = value;
  return "OK";
}

}  // namespace fat

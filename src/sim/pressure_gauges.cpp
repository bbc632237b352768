// Pressure gauges as their clients see them: Pfeiffer TPG, MKS 937B, one that streams.
#include "sim/pressure_gauges.hpp"

#include <utility>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr std::string_view kAck = "\x06\r\n", kNak = "\x15\r\n";
constexpr double kGaugePressure = 1.3e-3;  // mbar
constexpr double kTorrPerMillibar = 0.75006;
constexpr std::chrono::milliseconds kBetweenLines{20};

}  // namespace

void VirtualPfeiffer::set_own_fault(std::string_view name,
                                    int channel,
                                    bool on,
                                    Microseconds /*now*/) {
  if (name == "torr") {
    unit_ = on ? 1 : 0;
  } else {
    missing_.at(static_cast<std::size_t>(channel - 1)) = on;
  }
}

std::optional<std::string> VirtualPfeiffer::take_line(std::string& partial) const {
  if (partial.ends_with('\x05') || partial.ends_with('\x03')) {
    return std::exchange(partial, {}).back() == '\x05' ? "\x05" : "\x03";
  }
  return VirtualDevice::take_line(partial);
}

VirtualDevice::Answer VirtualPfeiffer::execute(const std::string& line, Microseconds /*now*/) {
  if (line == "\x03") {
    prepared_.clear();
    return {};
  }
  if (line == "\x05") {
    return {prepared_.empty() ? prepared_ : prepared_ + "\r\n", Microseconds{0}};
  }
  prepared_ = prepare(line);
  return {std::string{prepared_.empty() ? kNak : kAck}, Microseconds{0}};
}

std::string VirtualPfeiffer::prepare(const std::string& command) {
  if (command.starts_with("UNI,") && command.size() == 5 && command[4] >= '0' &&
      command[4] <= '2') {
    unit_ = command[4] - '0';
  } else if (command == "PR1" || command == "PR2") {
    const bool missing = missing_.at(command == "PR1" ? 0 : 1);
    const auto scale = unit_ == 1 ? kTorrPerMillibar : 1;
    return missing ? "5,0.0000E+00" : fmt::format("0,{:.4E}", kGaugePressure * scale);
  } else if (command != "UNI") {
    return {};
  }
  return std::to_string(unit_);
}

void VirtualMks::set_own_fault(std::string_view name, int channel, bool on, Microseconds /*now*/) {
  if (name == "torr") {
    torr_ = on;
  } else {
    missing_.at(static_cast<std::size_t>(channel - 1)) = on;
  }
}

VirtualDevice::Answer VirtualMks::execute(const std::string& line, Microseconds /*now*/) {
  const auto frame = fmt::format("@{:03}", address_);
  const auto begin = line.rfind('@');  // before it stands the FF of the command before
  if (begin == std::string::npos || !line.substr(begin).starts_with(frame)) {
    return {};
  }
  return {frame + answer(line.substr(begin + frame.size())) + ";FF", Microseconds{0}};
}

std::string VirtualMks::answer(const std::string& command) const {
  if (command == "U?") {
    return torr_ ? "ACKTORR" : "ACKMBAR";
  }
  const bool pressure = command.size() == 4 && command.starts_with("PR") && command[3] == '?' &&
                        command[2] >= '1' && command[2] <= '6';
  if (!pressure) {
    return "NAK160";
  }
  return missing_.at(static_cast<std::size_t>(command[2] - '1'))
             ? "ACKNOGAUGE"
             : fmt::format("ACK{:.2E}", kGaugePressure * (torr_ ? kTorrPerMillibar : 1));
}

VirtualDevice::Answer VirtualStreamingGauge::execute(const std::string& line, Microseconds now) {
  if (line == "STREAM_ON") {
    next_ = now;
  } else if (line == "STREAM_OFF") {
    next_.reset();
  }
  return {line == "*IDN?" && !next_ ? "CRUDE PRESSURE GAUGE 1.0\r" : "", Microseconds{0}};
}

std::string VirtualStreamingGauge::push() {
  next_ = next_.value_or(Microseconds{0}) + kBetweenLines;
  return "0.0125,21.4 17\r";
}

}  // namespace fat

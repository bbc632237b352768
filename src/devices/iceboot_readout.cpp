// High voltage, triggers and data of a module, over its iceboot session.
#include "devices/iceboot_readout.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "devices/iceboot_commands.hpp"
#include "devices/pmt_data.hpp"

namespace fat {
namespace {

constexpr int kMostVolts = 2000;
constexpr int kDacA = 65;  // the letter; B is channel 1
constexpr int kMostStamps = 4000;
constexpr std::size_t kStreamPart = 4096;  // bytes

void require(bool holds, const IcebootSession& session, const std::string& otherwise) {
  if (!holds) {
    throw DeviceError{DeviceFault::Refused, session.device(), otherwise};
  }
}

void require_channel(int channel, const IcebootSession& session) {
  require(channel == 0 || channel == 1, session, fmt::format("has PMTs 0 and 1, not {}", channel));
}

}  // namespace

ModuleInterlocks IcebootHighVoltage::interlocks() {
  const auto is_set = [&](const DeviceCommand& command) {
    return session_.ask_number(command) != 0;
  };
  return {.high_voltage = is_set(iceboot::kHvInterlock),
          .flash = is_set(iceboot::kFlashInterlock),
          .lid = is_set(iceboot::kLidInterlock),
          .fpga_configuration = is_set(iceboot::kFpgaInterlock),
          .light_sensor = is_set(iceboot::kLightSensorEnable)};
}

bool IcebootHighVoltage::enabled(int channel) {
  require_channel(channel, session_);
  return session_.ask_number(iceboot::kHvEnabled, std::to_string(channel)) != 0;
}

void IcebootHighVoltage::enable(int channel, bool on) {
  require_channel(channel, session_);
  const auto& command = on ? iceboot::kEnableHv : iceboot::kDisableHv;
  session_.ask(command, std::to_string(channel));
  require(enabled(channel) == on,
          session_,
          fmt::format("'{} {}' was taken, but the high voltage is {}; are the interlocks set?",
                      channel,
                      command.words,
                      on ? "off" : "on"));
}

void IcebootHighVoltage::set(int channel, int volts) {
  require_channel(channel, session_);
  require(volts >= 0 && volts <= kMostVolts,
          session_,
          fmt::format("{} V is not within 0 and {} V", volts, kMostVolts));
  session_.ask(iceboot::kSetHv, fmt::format("{} {}", channel, volts));
}

void IcebootReadout::set_baseline(int channel, int dac) {
  require_channel(channel, session_);
  require(dac >= 0 && dac <= 65535, session_, fmt::format("{} is no DAC value", dac));
  session_.ask(iceboot::kSetDac, fmt::format("{} {}", kDacA + channel, dac));
}

void IcebootReadout::set_samples(int channel, int before, int samples) {
  require_channel(channel, session_);
  session_.ask(iceboot::kConstReadout, fmt::format("{} {} {}", channel, before, samples));
}

void IcebootReadout::arm(int channel, TriggerSource source, int threshold) {
  require_channel(channel, session_);
  const auto threshold_of = [&](const DeviceCommand& command) {
    session_.ask(command, fmt::format("{} {}", channel, threshold));
  };
  switch (source) {
    case TriggerSource::None:
      session_.ask(iceboot::kDisableTriggers);
      return;
    case TriggerSource::Threshold:
      threshold_of(iceboot::kAdcThreshold);
      session_.ask(iceboot::kEnableAdcTrigger, std::to_string(channel));
      return;
    case TriggerSource::Fir:
      threshold_of(iceboot::kFirThreshold);
      session_.ask(iceboot::kEnableFirTrigger, std::to_string(channel));
      return;
    case TriggerSource::External:
      session_.ask(iceboot::kEnableExternalTrigger, std::to_string(channel));
      return;
  }
}

void IcebootReadout::start_stream(StreamMode mode, int first, int second) {
  session_.ask(iceboot::kStartStream,
               fmt::format("{} {} {}", first, second, static_cast<int>(mode)));
}

void IcebootReadout::set_variable_samples(int channel, int before, int after) {
  require_channel(channel, session_);
  session_.ask(iceboot::kVariableReadout, fmt::format("{} {} {}", channel, before, after));
}

void IcebootReadout::set_fir_coefficients(int channel, const FirCoefficients& coefficients) {
  require_channel(channel, session_);
  session_.ask(iceboot::kFirCoefficients,
               fmt::format("{} {}", channel, fmt::join(coefficients, " ")));
}

std::optional<PmtWaveform> IcebootReadout::read_waveform(Microseconds patience) {
  auto command = iceboot::kStreamSize;
  command.first_byte = patience;
  const auto words = parse_stream_size(session_.ask_bytes(command, {}, 4)).value_or(0);
  std::string bytes;
  while (bytes.size() < 2 * words) {
    const auto part = std::min(kStreamPart, (2 * words) - bytes.size());
    bytes += session_.ask_bytes(iceboot::kStreamWords, {}, part);
  }
  auto waveform = words == 0 ? std::nullopt : parse_waveform(bytes);
  if (words != 0 && !waveform) {
    session_.close();
    throw DeviceError{DeviceFault::Garbled,
                      session_.device(),
                      fmt::format("the {} words of its stream are no waveform", words)};
  }
  return waveform;
}

std::vector<PmtWaveform> IcebootReadout::read_waveforms(Microseconds patience) {
  auto command = iceboot::kWaveformBlock;
  command.first_byte = patience;
  command.whole_reply = patience;
  const auto block =
      session_.ask_bytes(command, std::to_string(kWaveformBlockBytes), kWaveformBlockBytes);
  return parse_waveform_block(block).value_or(std::vector<PmtWaveform>{});
}

std::vector<ChargeStamp> IcebootReadout::read_charges(int count, Microseconds patience) {
  require(count >= 1 && count <= kMostStamps,
          session_,
          fmt::format("reads 1 to {} charges at once, not {}", kMostStamps, count));
  auto command = iceboot::kChargeBlock;
  command.first_byte = patience;
  command.whole_reply = patience;
  const auto bytes = static_cast<std::size_t>(count) * kChargeStampBytes;
  // 10 samples before the peak, 15 after it: the window of the original.
  const auto block = session_.ask_bytes(command, fmt::format("{} 10 15", bytes), bytes);
  return parse_charge_block(block).value_or(std::vector<ChargeStamp>{});
}

long long IcebootReadout::scaler_count(int channel, const ScalerSetting& setting) {
  require_channel(channel, session_);
  auto& current = scalers_.at(static_cast<std::size_t>(channel));
  if (current != setting) {
    session_.ask(iceboot::kEnableScalers,
                 fmt::format("{} {} {}", channel, setting.period_us, setting.deadtime));
    current = setting;
  }
  return session_.ask_number(iceboot::kScalerCount, std::to_string(channel));
}

}  // namespace fat

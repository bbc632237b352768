// Lutron TM-947SD: frames that it pushes -> temperatures of its channels.
#include "devices/lutron_thermometer.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "devices/pushed_frames.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr char kLutronStart = '\x02';
constexpr std::size_t kFrame = 16;
constexpr double kHottest = 2000, kColdest = -273.15;  // degC: what is beyond was garbled

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return byte >= '0' && byte <= '9'; });
}

}  // namespace

std::optional<LutronFrame> parse_lutron_frame(std::string_view frame) {
  if (frame.size() != kFrame || frame.front() != kLutronStart || frame.back() != '\r' ||
      !is_digits(frame.substr(1, kFrame - 2))) {
    return std::nullopt;
  }
  const auto unit = frame.substr(3, 2);
  if (frame[1] != '4' || frame[2] < '1' || frame[2] > '4' || (unit != "01" && unit != "02") ||
      frame[5] > '1' || frame[6] > '3') {
    return std::nullopt;
  }
  auto value = static_cast<double>(parse_integer(frame.substr(7, 8)).value_or(0));
  for (char point = frame[6]; point > '0'; --point) {
    value /= 10;
  }
  value = frame[5] == '1' ? -value : value;
  const auto celsius = unit == "02" ? (value - 32) / 1.8 : value;
  return celsius >= kColdest && celsius <= kHottest
             ? std::optional{LutronFrame{frame[2] - '0', celsius}}
             : std::nullopt;
}

LutronThermometer::LutronThermometer(SessionParts parts, Microseconds window)
    : clock_(parts.clock),
      device_(std::move(parts.device)),
      link_(std::move(parts.link)),
      timeouts_(parts.timeouts),
      lock_(clock_, std::move(parts.locks), link_->wire()),
      window_(window) {}

std::vector<ThermometerReading> LutronThermometer::read() {
  auto result = link_->begin(timeouts_.lock);
  const bool begun = !result.fault;
  const auto since = clock_.now();
  if (begun) {
    result = lock_.take(timeouts_.lock);
  }
  if (!result.fault) {
    result = link_->open(timeouts_.connect);
  }
  PushedFrames frames{kLutronStart, '\r', kFrame};
  std::map<int, ThermometerReading> channels;
  while (!result.fault) {
    const auto left = window_ - elapsed(since, clock_.now());
    if (left.count() <= 0) {
      break;
    }
    result = link_->receive(left);
    frames.feed(result.received);
    while (const auto frame = frames.take()) {
      if (const auto reading = parse_lutron_frame(*frame)) {
        auto& channel = channels[reading->channel];
        channel.channel = reading->channel;
        channel.celsius += reading->celsius;
        ++channel.frames;
      }
    }
  }
  link_->close();
  lock_.release();
  if (begun) {
    link_->end();
  }
  if (channels.empty() || (result.fault && result.fault != DeviceFault::Timeout)) {
    fail(result, since);
  }
  std::vector<ThermometerReading> readings;
  for (auto& [number, channel] : channels) {
    channel.celsius /= channel.frames;
    readings.push_back(channel);
  }
  return readings;
}

void LutronThermometer::fail(const Exchange& failed, const Instant& since) {
  const bool silent = !failed.fault || failed.fault == DeviceFault::Timeout;
  throw DeviceError{silent ? DeviceFault::Timeout : *failed.fault,
                    device_,
                    fmt::format("{}: listening: {}; last came \"{}\"; took {}",
                                link_->name(),
                                silent ? "no whole frame came" : failed.why,
                                escaped(failed.received),
                                to_text(elapsed(since, clock_.now())))};
}

}  // namespace fat

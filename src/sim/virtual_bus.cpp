#include "sim/virtual_bus.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fat {
namespace {

constexpr std::size_t kMostBytes = 64;  // of one transaction

std::optional<ChipBytes> bytes_of(std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0 || digits.size() > 2 * kMostBytes) {
    return std::nullopt;
  }
  ChipBytes bytes;
  for (std::size_t place = 0; place < digits.size(); place += 2) {
    const auto* const first = digits.data() + place;
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(first, first + 2, byte, 16);
    if (error != std::errc{} || end != first + 2) {
      return std::nullopt;
    }
    bytes.push_back(byte);
  }
  return bytes;
}

}  // namespace

VirtualBus::VirtualBus(std::unique_ptr<VirtualChip> chip,
                       double speed,
                       std::function<void(Microseconds)> prepare)
    : VirtualDevice('\n', Microseconds{0}),
      chip_(std::move(chip)),
      speed_(speed),
      prepare_(std::move(prepare)) {}

std::vector<OwnFault> VirtualBus::own_faults() const {
  std::vector<OwnFault> all{{"absent"}, {"stopped"}};
  if (chip_->inputs() > 0) {
    all.push_back({"open", 1, chip_->inputs()});
  }
  return all;
}

void VirtualBus::set_own_fault(std::string_view name, int channel, bool on, Microseconds /*now*/) {
  if (name == "open") {
    chip_->tear_off(channel, on);
    return;
  }
  (name == "absent" ? chip_->absent : chip_->stopped) = on;
}

VirtualDevice::Answer VirtualBus::execute(const std::string& line, Microseconds now) {
  const auto blank = std::min(line.find(' '), line.size());
  const auto written = bytes_of(std::string_view{line}.substr(0, blank));
  const auto* const end = line.data() + line.size();
  std::size_t count = 0;
  const auto [rest, error] =
      std::from_chars(line.data() + std::min(blank + 1, line.size()), end, count);
  if (!written || error != std::errc{} || rest != end || count > kMostBytes) {
    return {"?\n", Microseconds{0}};
  }
  if (prepare_) {
    prepare_(now);
  }
  const auto hasty = std::chrono::duration_cast<Microseconds>(now * speed_);
  try {
    const auto read = chip_->transfer(*written, count, hasty);
    return {fmt::format("{:02x}\n", fmt::join(read, "")), Microseconds{0}};
  } catch (const std::system_error& failure) {
    return {fmt::format("!{}\n", failure.code().value()), Microseconds{0}};
  }
}

}  // namespace fat

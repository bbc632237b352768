// Chips of the cryostat's electronics as their bus sees them: AD7746, AD7124-8, ADS1115.
#include "sim/virtual_chips.hpp"

#include <cerrno>
#include <system_error>

namespace fat {
namespace {

constexpr std::chrono::milliseconds kCapacitance{38}, kResistance{20}, kVoltage{125};

ChipBytes in_bytes(std::uint32_t value, std::size_t count) {
  ChipBytes bytes;
  for (std::size_t i = count; i > 0; --i) {
    bytes.push_back(static_cast<std::uint8_t>((value >> (8U * (i - 1))) & 0xffU));
  }
  return bytes;
}

}  // namespace

ChipBytes VirtualChip::transfer(const ChipBytes& written, std::size_t count, Microseconds now) {
  if (absent || written.empty()) {
    throw std::system_error{ENXIO, std::generic_category(), "transfer"};
  }
  auto read = exchange(written, count, now);
  read.resize(count);
  return read;
}

// The conversion set up is continuous: 0x39 in the configuration, 0x80 in the capacitive set-up.
ChipBytes VirtualAd7746::exchange(const ChipBytes& written, std::size_t count, Microseconds now) {
  if (written.size() == 2 && written[0] < set_.size()) {
    set_.at(written[0]) = written[1];
  }
  if (count == 0) {
    return {};
  }
  const bool converts = set_[0x07] == 0x80 && set_[0x0a] == 0x39 && !stopped;
  const bool fresh = converts && now - read_at_ >= kCapacitance;
  read_at_ = fresh ? now : read_at_;
  ChipBytes block{static_cast<std::uint8_t>(fresh ? 3 : 7)};
  const auto bytes = in_bytes(counts, 3);
  block.insert(block.end(), bytes.begin(), bytes.end());
  return block;
}

ChipBytes VirtualAd7124::exchange(const ChipBytes& written,
                                  std::size_t /*count*/,
                                  Microseconds now) {
  constexpr unsigned read = 0x40;
  const unsigned command = written[0];
  if (command == 0x09 && written.size() == 3) {
    channel_ = (static_cast<unsigned>(written[1]) << 8U) | written[2];
    ready_at_ = now + kResistance;
    return {};
  }
  const bool ready = now >= ready_at_ && !stopped;
  if (command == read) {
    return {static_cast<std::uint8_t>(ready ? 0x00 : 0x80)};
  }
  const auto positive = (channel_ >> 5U) & 0x1fU, negative = channel_ & 0x1fU;
  const bool pair = (channel_ & 0x8000U) != 0 && negative == positive + 1 && positive % 2 == 0 &&
                    positive / 2 < counts.size();
  if (command != (read | 0x02U) || !pair || !ready) {
    return {};
  }
  constexpr std::uint32_t full_scale = 0xffffff;
  return in_bytes(torn_off_.at(positive / 2) ? full_scale : counts.at(positive / 2), 3);
}

ChipBytes VirtualAds1115::exchange(const ChipBytes& written,
                                   std::size_t /*count*/,
                                   Microseconds now) {
  constexpr unsigned idle = 0x8000;
  if (written[0] == 0x01 && written.size() == 3) {
    config_ = (static_cast<unsigned>(written[1]) << 8U) | written[2];
    ready_at_ = now + kVoltage;
  }
  const bool ready = now >= ready_at_ && !stopped;
  if (written[0] == 0x01) {
    return in_bytes((config_ & ~idle) | (ready ? idle : 0U), 2);
  }
  const auto input = (config_ >> 12U) & 0x7U;  // 4 to 7: against ground
  const bool known = ready && input >= counts.size();
  return known ? in_bytes(static_cast<std::uint16_t>(counts.at(input - counts.size())), 2)
               : ChipBytes{};
}

}  // namespace fat

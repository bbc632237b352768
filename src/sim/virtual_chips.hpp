// Chips of the cryostat's electronics as their bus sees them: AD7746, AD7124-8, ADS1115.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

using ChipBytes = std::vector<std::uint8_t>;

/// One transaction: bytes written, then `count` read. Throws std::system_error as a bus does when
/// nobody acknowledges. Implementations: `VirtualAd7746`, `VirtualAd7124`, `VirtualAds1115`.
class VirtualChip {
 public:
  virtual ~VirtualChip() = default;

  ChipBytes transfer(const ChipBytes& written, std::size_t count, Microseconds now);

  bool absent = false;   ///< nobody acknowledges
  bool stopped = false;  ///< no conversion ends any more

 protected:
  virtual ChipBytes exchange(const ChipBytes& written, std::size_t count, Microseconds now) = 0;
};

/// A conversion takes 38 ms; what was read once is old.
class VirtualAd7746 : public VirtualChip {
 public:
  std::uint32_t counts = 12'000'000;

 private:
  ChipBytes exchange(const ChipBytes& written, std::size_t count, Microseconds now) override;

  std::array<std::uint8_t, 19> set_{};
  Microseconds read_at_{0};
};

/// Six resistors on pairs of pins; a conversion takes 20 ms from the write to the channel register.
class VirtualAd7124 : public VirtualChip {
 public:
  std::array<std::uint32_t, 6> counts{};

 private:
  ChipBytes exchange(const ChipBytes& written, std::size_t count, Microseconds now) override;

  unsigned channel_ = 0;
  Microseconds ready_at_{0};
};

/// Four inputs; one conversion takes 125 ms.
class VirtualAds1115 : public VirtualChip {
 public:
  std::array<std::int16_t, 4> counts{};

 private:
  ChipBytes exchange(const ChipBytes& written, std::size_t count, Microseconds now) override;

  unsigned config_ = 0x8583;
  Microseconds ready_at_{0};
};

}  // namespace fat

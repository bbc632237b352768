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

  /// Those that can be torn off, counted from 1; 0: none.
  virtual int inputs() const { return 0; }

  /// REQUIRES: one of them.
  virtual void tear_off(int /*input*/, bool /*off*/) {}

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
/// One that is torn off reads as full scale.
class VirtualAd7124 : public VirtualChip {
 public:
  int inputs() const override { return static_cast<int>(counts.size()); }

  void tear_off(int input, bool off) override {
    torn_off_.at(static_cast<std::size_t>(input - 1)) = off;
  }

  std::array<std::uint32_t, 6> counts{};

 private:
  ChipBytes exchange(const ChipBytes& written, std::size_t count, Microseconds now) override;

  std::array<bool, 6> torn_off_{};
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

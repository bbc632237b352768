// Numbers -> choices: drawn from a seed, or taken from a list that can be made simpler.
#pragma once

#include <cstdint>
#include <random>
#include <span>

namespace fat {

/// The same seed gives the same numbers with every library: no std::..._distribution.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::uint32_t number() { return static_cast<std::uint32_t>(engine_() >> 32U); }

  /// 0 .. n-1
  int below(int n) { return static_cast<int>(number() % static_cast<std::uint32_t>(n)); }

  bool percent(int chance) { return below(100) < chance; }

 private:
  std::mt19937_64 engine_;
};

/// The numbers of one happening in turn, 0 behind the last: 0 always means what is simplest.
class Choices {
 public:
  Choices() = default;

  explicit Choices(std::span<const std::uint32_t> numbers) : numbers_(numbers) {}

  int below(int n) { return static_cast<int>(next() % static_cast<std::uint32_t>(n)); }

  /// False for the number 0, unless the chance is 100.
  bool percent(int chance) { return below(100) >= 100 - chance; }

 private:
  std::uint32_t next() { return place_ < numbers_.size() ? numbers_[place_++] : 0; }

  std::span<const std::uint32_t> numbers_;
  std::size_t place_ = 0;
};

}  // namespace fat

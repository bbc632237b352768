// One instrument as channels see it: quantities, asked for in one go, and set.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/model/reading.hpp"

namespace fat {

/// Called where something more urgent may be asked of the same instrument: it may `set` in there.
using BetweenQuestions = std::function<void()>;

/// Holds the instrument's link from its first question to its end. One thread at a time; blocks as
/// long as the instrument's time-outs allow. Implementations: those of `device_quantities`
/// (devices), `ScriptedSource` (tests/fakes).
class QuantitySource {
 public:
  virtual ~QuantitySource() = default;

  /// One answer for each of `wanted`, in its order; throws nothing that a device does. When the
  /// link fails the rest is not asked for: it would fail in the same way, one time-out after
  /// another.
  virtual std::vector<RawReading> read(const std::vector<QuantityName>& wanted,
                                       const BetweenQuestions& between) = 0;

  /// The same without anything urgent.
  std::vector<RawReading> read_all(const std::vector<QuantityName>& wanted) {
    return read(wanted, {});
  }

  /// Returns when it was read back. Throws DeviceError; Refused when it cannot be set, or not to
  /// that.
  virtual void set(const QuantityName& name, double value) = 0;

  /// As `Instrument::make_safe`.
  virtual void make_safe() = 0;

  /// As `Instrument::release`.
  virtual bool release() = 0;
};

/// Instruments by the names of their [device ...]. Opens nothing before something is asked.
class QuantitySources {
 public:
  virtual ~QuantitySources() = default;

  /// Throws DeviceError when there is none of that name, or it has nothing to read.
  virtual std::unique_ptr<QuantitySource> open(const std::string& instrument) const = 0;
};

}  // namespace fat

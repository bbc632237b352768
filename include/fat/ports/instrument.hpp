// An instrument as slow control sees it: quantities with names, some of which can be set.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/channel_entry.hpp"

namespace fat {

/// One thing an instrument can be asked for, and perhaps told.
struct InstrumentQuantity {
  std::string name;  ///< "voltage", "voltage_setpoint", "output"
  std::string unit;  ///< "V"; empty: a number, a word of bits, or a switch (0, 1)
  int inputs = 1;    ///< the instrument has it so many times, counted from 1
  std::optional<SettingRange> settable;  ///< nullopt: can only be read
};

/// For one thread. Every function that asks the instrument throws DeviceError; a value that it does
/// not have is Refused with the reason in words, never a zero.
/// Implementations: `TableInstrument` and the others of `StationInstruments::instrument` (devices).
class Instrument {
 public:
  virtual ~Instrument() = default;
  /// In its own words.
  virtual std::string identity() = 0;
  virtual std::vector<InstrumentQuantity> quantities() const = 0;
  virtual double read(const std::string& quantity, int input) = 0;
  /// Refused before anything is sent when the value is out of range; returns when it was read back.
  /// A set whose fate is unknown counts when it reads back, and is never sent again.
  virtual void set(const std::string& quantity, int input, double value) = 0;
  /// What is harmless: outputs off, high voltage ramped down. Every input is tried although another
  /// failed; then the first failure is thrown. Does not wait for a ramp: `read` the voltage.
  virtual void make_safe() = 0;
  /// People can use the front panel again, and the link is closed. False: it has no words for that,
  /// and was not told anything.
  virtual bool release() = 0;
};

}  // namespace fat

// What a test says -> what instruments answer.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fat/ports/device_error.hpp"
#include "fat/ports/quantity_source.hpp"

namespace fat {

/// Answers one round of an instrument.
using ScriptedRound = std::function<std::vector<RawReading>(const std::vector<QuantityName>&)>;

/// Takes what is set; may throw DeviceError. Without one nothing can be set.
using ScriptedSetting = std::function<void(const QuantityName&, double)>;

/// One that only answers is its round.
struct ScriptedInstrument {
  template <class Round>
  // NOLINTNEXTLINE(google-explicit-constructor): a test writes the round alone
  ScriptedInstrument(Round answers) : round(std::move(answers)) {}

  ScriptedInstrument(ScriptedRound answers, ScriptedSetting takes, std::function<void()> safe = {})
      : round(std::move(answers)), set(std::move(takes)), make_safe(std::move(safe)) {}

  ScriptedRound round;
  ScriptedSetting set;
  std::function<void()> make_safe;
  std::function<bool()> release;
};

/// Asks for the whole round in one go: what is urgent comes before it.
class ScriptedSource : public QuantitySource {
 public:
  explicit ScriptedSource(ScriptedInstrument instrument) : instrument_(std::move(instrument)) {}

  std::vector<RawReading> read(const std::vector<QuantityName>& wanted,
                               const BetweenQuestions& between) override {
    if (between) {
      between();
    }
    return instrument_.round(wanted);
  }

  void set(const QuantityName& name, double value) override {
    if (!instrument_.set) {
      throw DeviceError{DeviceFault::Refused, name.quantity, "cannot be set"};
    }
    instrument_.set(name, value);
  }

  void make_safe() override {
    if (instrument_.make_safe) {
      instrument_.make_safe();
    }
  }

  bool release() override { return instrument_.release && instrument_.release(); }

 private:
  ScriptedInstrument instrument_;
};

/// Instruments by name; one that is not there cannot be opened.
class ScriptedSources : public QuantitySources {
 public:
  explicit ScriptedSources(std::map<std::string, ScriptedInstrument> instruments)
      : instruments_(std::move(instruments)) {}

  std::unique_ptr<QuantitySource> open(const std::string& instrument) const override {
    const auto found = instruments_.find(instrument);
    if (found == instruments_.end()) {
      throw DeviceError{DeviceFault::Refused, instrument, "there is no such device"};
    }
    return std::make_unique<ScriptedSource>(found->second);
  }

 private:
  std::map<std::string, ScriptedInstrument> instruments_;
};

}  // namespace fat

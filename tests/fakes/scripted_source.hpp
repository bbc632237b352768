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

class ScriptedSource : public QuantitySource {
 public:
  explicit ScriptedSource(ScriptedRound round) : round_(std::move(round)) {}

  std::vector<RawReading> read(const std::vector<QuantityName>& wanted) override {
    return round_(wanted);
  }

 private:
  ScriptedRound round_;
};

/// Instruments by name; one that is not there cannot be opened.
class ScriptedSources : public QuantitySources {
 public:
  explicit ScriptedSources(std::map<std::string, ScriptedRound> rounds)
      : rounds_(std::move(rounds)) {}

  std::unique_ptr<QuantitySource> open(const std::string& instrument) const override {
    const auto round = rounds_.find(instrument);
    if (round == rounds_.end()) {
      throw DeviceError{DeviceFault::Refused, instrument, "there is no such device"};
    }
    return std::make_unique<ScriptedSource>(round->second);
  }

 private:
  std::map<std::string, ScriptedRound> rounds_;
};

}  // namespace fat

#include "fat/devices/device_quantities.hpp"

#include <utility>

#include "fat/devices/station_instruments.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

constexpr Microseconds kWaitsForTurn = std::chrono::seconds{40};  // longer than any guest's is

class InstrumentSource : public QuantitySource {
 public:
  InstrumentSource(std::string name, std::unique_ptr<Instrument> instrument, SharedWires* wires)
      : name_(std::move(name)), instrument_(std::move(instrument)), wires_(wires) {}

  std::vector<RawReading> read(const std::vector<QuantityName>& wanted,
                               const BetweenQuestions& between) override {
    std::vector<RawReading> answers;
    answers.reserve(wanted.size());
    std::string link_fault;
    for (const auto& name : wanted) {
      if (between && !answers.empty()) {
        between();
      }
      answers.push_back(link_fault.empty() ? ask(name, link_fault) : RawReading{{}, link_fault});
    }
    return answers;
  }

  void set(const QuantityName& name, double value) override {
    in_one_turn([&] { instrument_->set(name.quantity, name.input, value); });
  }

  void make_safe() override {
    in_one_turn([this] { instrument_->make_safe(); });
  }

  bool release() override {
    bool told = false;
    in_one_turn([&] { told = instrument_->release(); });
    return told;
  }

 private:
  void in_one_turn(const std::function<void()>& work) {
    wires_ == nullptr ? work() : wires_->in_one_turn(name_, kWaitsForTurn, work);
  }

  RawReading ask(const QuantityName& name, std::string& link_fault) {
    try {
      return {instrument_->read(name.quantity, name.input), {}};
    } catch (const DeviceError& error) {
      if (error.fault() != DeviceFault::Refused) {
        link_fault = error.what();
      }
      return {{}, error.what()};
    }
  }

  std::string name_;
  std::unique_ptr<Instrument> instrument_;
  SharedWires* wires_;
};

/// For a driver that is only asked what it has: no time passes.
class NoClock : public Clock {
 public:
  Instant now() const override { return {}; }
};

}  // namespace

std::vector<QuantityInfo> quantities_of(const DeviceEntry& device) {
  const NoClock clock;
  std::vector<QuantityInfo> found;
  try {
    const StationInstruments alone{clock, {device}, {}};
    for (auto& quantity : alone.instrument(device.name)->quantities()) {
      found.push_back({.name = std::move(quantity.name),
                       .unit = std::move(quantity.unit),
                       .inputs = quantity.inputs,
                       .settable = quantity.settable});
    }
  } catch (const DeviceError&) {
    found.clear();
  }
  return found;
}

std::unique_ptr<QuantitySource> DeviceQuantities::open(const std::string& instrument) const {
  return std::make_unique<InstrumentSource>(
      instrument, instruments_.instrument(instrument), wires_);
}

}  // namespace fat

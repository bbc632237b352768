// Instruments without a wire.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fat/ports/device_error.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

/// A freezer and a generator that do what the test says; nothing else is there.
class FakeInstruments : public Instruments {
 public:
  /// What the freezer's thermometer says; throws when it is silent.
  std::function<double()> temperature = [] { return 20.0; };
  mutable std::optional<double> target;
  mutable bool laser_on = true;
  mutable std::map<std::string, int> wheels;  ///< positions
  mutable std::set<std::string> dark_wheels;
  bool jammed = false;
  std::string silent_hub;
  std::optional<DeviceFault> hub_fault;  ///< when device 0 is allowed something
  mutable std::mutex mutex;
  mutable std::set<std::string> switched_on;  ///< guarded by mutex: "field_hub0 3"
  /// Called under the mutex for "field_hub0 3", or "field_hub0" for the whole wire pair.
  std::function<void(const std::string& what, bool on)> power = [](const std::string&, bool) {};
  std::optional<DeviceFault> generator_fault;
  /// What the thermometer's channels say; throws when the thermometer is silent.
  std::function<std::vector<ThermometerReading>()> box = [] {
    return std::vector<ThermometerReading>{{1, 20.5, 4}, {2, 20.0, 4}};
  };

  std::unique_ptr<FunctionGenerator> generator(const std::string& name) const override {
    if (generator_fault) {
      throw DeviceError{*generator_fault, name, "does not answer"};
    }
    return std::make_unique<Generator>(*this);
  }

  std::unique_ptr<Freezer> freezer(const std::string& /*name*/,
                                   const AskOperator& /*ask*/) const override {
    return std::make_unique<ColdBox>(*this);
  }

  /// The only supply and humidity sensor, where there is one.
  std::string heater, hygrometer;
  double percent = 42;
  mutable bool supply_is_free = false;

  std::unique_ptr<PowerSupply> supply(const std::string& name) const override {
    if (name != heater) {
      missing(name);
    }
    return std::make_unique<Heater>(*this);
  }

  std::unique_ptr<Instrument> instrument(const std::string& name) const override { missing(name); }

  std::unique_ptr<FilterWheel> filter_wheel(const std::string& name) const override {
    return std::make_unique<Wheel>(*this, name);
  }

  std::unique_ptr<Thermometer> thermometer(const std::string& /*name*/) const override {
    return std::make_unique<FourChannels>(*this);
  }

  std::unique_ptr<HumiditySensor> humidity_sensor(const std::string& name) const override {
    if (name != hygrometer) {
      missing(name);
    }
    return std::make_unique<Hygrometer>(*this);
  }

  /// Boards that are no modules; none.
  const Bench* boards = nullptr;

  std::unique_ptr<DetectorModule> board(const std::string& name) const override {
    if (boards == nullptr) {
      missing(name);
    }
    return boards->open({.serial = name, .path = {}, .port = 1, .host = {}});
  }

  std::unique_ptr<FieldHub> field_hub(const std::string& name) const override {
    if (name == silent_hub) {
      throw DeviceError{DeviceFault::Timeout, name, "does not answer"};
    }
    return std::make_unique<Hub>(*this, name);
  }

 private:
  [[noreturn]] static void missing(const std::string& name) {
    throw DeviceError{DeviceFault::Unreachable, name, "is not declared"};
  }

  class Generator : public FunctionGenerator {
   public:
    explicit Generator(const FakeInstruments& all) : all_(all) {}

    std::string identity() override { return "fake"; }

    void set_signal(const GeneratorSignal& /*signal*/) override {}

    GeneratorSignal signal() override { return {}; }

    void set_burst(int /*cycles*/) override {}

    int burst() override { return 0; }

    void set_output(bool on) override { all_.laser_on = on; }

    bool output() override { return all_.laser_on; }

   private:
    const FakeInstruments& all_;
  };

  class Wheel : public FilterWheel {
   public:
    Wheel(const FakeInstruments& all, std::string name) : all_(all), name_(std::move(name)) {}

    std::string identity() override { return "fake"; }

    int positions() override { return 6; }

    int position() override { return all_.wheels[name_]; }

    void move_to(int position) override { all_.wheels[name_] = all_.jammed ? 1 : position; }

    void darken() override { all_.dark_wheels.insert(name_); }

    bool is_dark() override { return all_.dark_wheels.contains(name_); }

   private:
    const FakeInstruments& all_;
    std::string name_;
  };

  class Hub : public FieldHub {
   public:
    Hub(const FakeInstruments& all, std::string name) : all_(all), name_(std::move(name)) {}

    std::vector<int> devices() override { return {8}; }

    bool probe(int /*device*/) override { return true; }

    void set_wire_pair_power(bool on) override {
      const std::scoped_lock lock{all_.mutex};
      all_.power(name_, on);
    }

    WirePairPower wire_pair_power() override { return {95, 100}; }

    void set_module_power(int device, bool on) override {
      const std::scoped_lock lock{all_.mutex};
      const auto word = name_ + " " + std::to_string(device);
      all_.power(word, on);
      if (on) {
        all_.switched_on.insert(word);
      } else {
        all_.switched_on.erase(word);
      }
    }

    void allow(int device, ModuleInterlock /*interlock*/) override {
      if (all_.hub_fault && device == 0) {
        throw DeviceError{*all_.hub_fault, name_, "?NOREPLY"};
      }
    }

   private:
    const FakeInstruments& all_;
    std::string name_;
  };

  class Heater : public PowerSupply {
   public:
    explicit Heater(const FakeInstruments& all) : all_(all) {}

    std::string identity() override { return "fake"; }

    void set(int /*channel*/, double /*volts*/, double /*amperes*/) override {}

    void set_output(int /*channel*/, bool /*on*/) override {}

    bool output(int /*channel*/) override { return false; }

    SupplyReading read(int /*channel*/) override { return {12, 1.5, 18}; }

    void release() override { all_.supply_is_free = true; }

   private:
    const FakeInstruments& all_;
  };

  class Hygrometer : public HumiditySensor {
   public:
    explicit Hygrometer(const FakeInstruments& all) : all_(all) {}

    HumidityReading read() override { return {all_.percent, std::nullopt}; }

   private:
    const FakeInstruments& all_;
  };

  class FourChannels : public Thermometer {
   public:
    explicit FourChannels(const FakeInstruments& all) : all_(all) {}

    std::vector<ThermometerReading> read() override { return all_.box(); }

   private:
    const FakeInstruments& all_;
  };

  class ColdBox : public Freezer {
   public:
    explicit ColdBox(const FakeInstruments& all) : all_(all) {}

    void set_target(double celsius) override { all_.target = celsius; }

    std::optional<double> target() override { return all_.target; }

    double temperature() override { return all_.temperature(); }

    std::string state() override { return "fake"; }

   private:
    const FakeInstruments& all_;
  };
};

}  // namespace fat

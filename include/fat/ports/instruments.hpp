// The peripherals of a station as tasks see them. Every function throws DeviceError; a setting is
// read back before the function returns, and what reads back differently is Refused.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/bench.hpp"
#include "fat/ports/instrument.hpp"

namespace fat {

enum class SignalShape { Sine, Square, Pulse, Ramp, Dc };

struct GeneratorSignal {
  SignalShape shape = SignalShape::Square;
  double frequency = 1000;  ///< Hz
  double amplitude = 1;     ///< V peak to peak
  double offset = 0;        ///< V
};

/// Implementations: `AfgGenerator` (devices).
class FunctionGenerator {
 public:
  virtual ~FunctionGenerator() = default;
  virtual std::string identity() = 0;
  virtual void set_signal(const GeneratorSignal& signal) = 0;
  virtual GeneratorSignal signal() = 0;
  /// Bursts of so many cycles; 0: without pause.
  virtual void set_burst(int cycles) = 0;
  virtual int burst() = 0;
  virtual void set_output(bool on) = 0;
  virtual bool output() = 0;
};

struct SupplyReading {
  double volts = 0, amperes = 0, watts = 0;
};

/// Channels count from 1. Implementations: `RigolSupply` (devices).
class PowerSupply {
 public:
  virtual ~PowerSupply() = default;
  virtual std::string identity() = 0;
  /// Setpoint and current limit; does not switch the output.
  virtual void set(int channel, double volts, double amperes) = 0;
  virtual void set_output(int channel, bool on) = 0;
  virtual bool output(int channel) = 0;
  virtual SupplyReading read(int channel) = 0;
  /// People can use the front panel again.
  virtual void release() = 0;
};

/// Positions count from 1. Implementations: `FilterWheelFw102c` (devices).
class FilterWheel {
 public:
  virtual ~FilterWheel() = default;
  virtual std::string identity() = 0;
  virtual int positions() = 0;
  virtual int position() = 0;
  /// Returns when the wheel stands there and says so.
  virtual void move_to(int position) = 0;
  /// The position sensors' lights stay off while the wheel stands: they are stray light.
  virtual void darken() = 0;
  virtual bool is_dark() = 0;
};

struct ThermometerReading {
  int channel = 0;
  double celsius = 0;  ///< mean of its frames
  int frames = 0;      ///< how many came
};

/// Implementations: `LutronThermometer` (devices).
class Thermometer {
 public:
  virtual ~Thermometer() = default;
  /// What came during one listening time that begins now: channels that are silent are absent.
  virtual std::vector<ThermometerReading> read() = 0;
};

struct HumidityReading {
  double percent = 0;
  std::optional<double> celsius;
};

/// Implementations: `HumidityCommand` (devices).
class HumiditySensor {
 public:
  virtual ~HumiditySensor() = default;
  virtual HumidityReading read() = 0;
};

/// Implementations: `JulaboFreezer`, `ManualFreezer` (devices).
class Freezer {
 public:
  virtual ~Freezer() = default;
  /// Does not wait until it is reached: a setpoint is not a temperature.
  virtual void set_target(double celsius) = 0;
  /// nullopt when the freezer cannot say.
  virtual std::optional<double> target() = 0;
  virtual double temperature() = 0;
  /// In the freezer's own words, for people.
  virtual std::string state() = 0;
};

struct WirePairPower {
  double volts = 0, milliamperes = 0;
};

/// What must be allowed on a module before it obeys.
enum class ModuleInterlock { HighVoltage, Flash, Lid };

/// One controller: a wire pair and the modules on it. Implementations: `FieldHubController`
/// (devices).
class FieldHub {
 public:
  virtual ~FieldHub() = default;
  /// Numbers of the devices on the wire pair; 8 is the controller's own.
  virtual std::vector<int> devices() = 0;
  /// True when the device answers.
  virtual bool probe(int device) = 0;
  virtual void set_wire_pair_power(bool on) = 0;
  virtual WirePairPower wire_pair_power() = 0;
  virtual void set_module_power(int device, bool on) = 0;
  /// Takes effect on the module, which can be asked for it.
  virtual void allow(int device, ModuleInterlock interlock) = 0;
};

/// Asks a person; true: done.
using AskOperator = std::function<bool(const std::string& text)>;

/// The devices that station.ini declares, by name. A name that is not there, or is of another kind,
/// is a DeviceError that says which there are. Implementations: `StationInstruments` (devices).
class Instruments {
 public:
  virtual ~Instruments() = default;
  virtual std::unique_ptr<FunctionGenerator> generator(const std::string& name) const = 0;
  virtual std::unique_ptr<PowerSupply> supply(const std::string& name) const = 0;
  virtual std::unique_ptr<FilterWheel> filter_wheel(const std::string& name) const = 0;
  virtual std::unique_ptr<Thermometer> thermometer(const std::string& name) const = 0;
  virtual std::unique_ptr<HumiditySensor> humidity_sensor(const std::string& name) const = 0;
  virtual std::unique_ptr<Freezer> freezer(const std::string& name,
                                           const AskOperator& ask) const = 0;
  virtual std::unique_ptr<FieldHub> field_hub(const std::string& name) const = 0;
  /// A board with iceboot that is no module of a run, such as the one that sees the laser's sync
  /// signal. Opens it.
  virtual std::unique_ptr<DetectorModule> board(const std::string& name) const = 0;
  /// As slow control sees it: quantities by name.
  virtual std::unique_ptr<Instrument> instrument(const std::string& name) const = 0;
};

}  // namespace fat

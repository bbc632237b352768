// The devices of station.ini -> drivers for them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fat/devices/link_timeouts.hpp"
#include "fat/devices/shared_wires.hpp"
#include "fat/devices/wire_claim.hpp"
#include "fat/model/device_info.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/instruments.hpp"
#include "fat/ports/link_wait.hpp"

namespace fat {

struct SessionParts;

/// How instruments are reached. By default each session opens a link of its own.
struct InstrumentLinks {
  LinkWait* wait = nullptr;      ///< as of `make_link`
  SharedWires* wires = nullptr;  ///< this process has the wires, for itself and others
  /// Another process has this device's wire; nullopt: none does.
  std::function<std::optional<StationWire>(const DeviceEntry&)> station;
};

/// Opens nothing before a driver is asked something. `clock` must outlive it and its drivers.
/// `place` is who declares them, for errors.
class StationInstruments : public Instruments {
 public:
  StationInstruments(const Clock& clock,
                     std::vector<DeviceEntry> devices,
                     LinkLocks locks,
                     std::string place = "station.ini",
                     InstrumentLinks links = {})
      : clock_(clock),
        devices_(std::move(devices)),
        locks_(std::move(locks)),
        place_(std::move(place)),
        links_(std::move(links)) {}

  std::unique_ptr<FunctionGenerator> generator(const std::string& name) const override;
  std::unique_ptr<PowerSupply> supply(const std::string& name) const override;
  std::unique_ptr<FilterWheel> filter_wheel(const std::string& name) const override;
  std::unique_ptr<Thermometer> thermometer(const std::string& name) const override;
  std::unique_ptr<HumiditySensor> humidity_sensor(const std::string& name) const override;
  std::unique_ptr<Freezer> freezer(const std::string& name, const AskOperator& ask) const override;
  std::unique_ptr<FieldHub> field_hub(const std::string& name) const override;
  std::unique_ptr<DetectorModule> board(const std::string& name) const override;
  std::unique_ptr<Instrument> instrument(const std::string& name) const override;

  const LinkLocks& locks() const { return locks_; }

 private:
  /// Throws DeviceError unless there is one of one of these kinds.
  const DeviceEntry& find(const std::string& name,
                          const std::vector<std::string_view>& kinds) const;
  SessionParts parts_of(const DeviceEntry& device, const LinkTimeouts& usual = {}) const;
  std::unique_ptr<Link> link_to(const DeviceEntry& device) const;
  std::unique_ptr<Instrument> plant(const DeviceEntry& device) const;
  std::unique_ptr<Instrument> crate(const DeviceEntry& device) const;

  const Clock& clock_;
  std::vector<DeviceEntry> devices_;
  LinkLocks locks_;
  std::string place_;
  InstrumentLinks links_;
};

}  // namespace fat

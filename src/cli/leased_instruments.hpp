// The instruments of a task -> the same, each held by this process as long as it lives.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "cli/bench_files.hpp"
#include "cli/task_wires.hpp"
#include "fat/model/lease.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/instruments.hpp"
#include "fat/ports/quantity_source.hpp"

namespace fat {

/// Before it gives out a driver that sets something it takes a lease on the instrument, unless this
/// process was given one, or belongs to a safe state; one that only reads waits while the link is
/// lent. Somebody else's lease is waited for as long as `patience`; then DeviceError{Busy} names
/// him. Where nobody keeps leases it takes none. For one thread.
class LeasedInstruments : public Instruments {
 public:
  struct Terms {
    const Station& station;
    BenchFiles files;
    std::function<std::string()> who;  ///< asked when it is needed
    std::string purpose;
    std::function<void(const std::string&)> say;  ///< who is waited for
    TaskWires& wires;                             ///< is told what is held
    Microseconds patience = std::chrono::minutes{10};
  };

  /// Borrows the instruments and the station.
  LeasedInstruments(const Instruments& inner, Terms terms)
      : inner_(inner), terms_(std::move(terms)) {}

  std::unique_ptr<FunctionGenerator> generator(const std::string& name) const override;
  std::unique_ptr<PowerSupply> supply(const std::string& name) const override;
  std::unique_ptr<FilterWheel> filter_wheel(const std::string& name) const override;
  std::unique_ptr<Thermometer> thermometer(const std::string& name) const override;
  std::unique_ptr<HumiditySensor> humidity_sensor(const std::string& name) const override;
  std::unique_ptr<Freezer> freezer(const std::string& name, const AskOperator& ask) const override;
  std::unique_ptr<FieldHub> field_hub(const std::string& name) const override;
  std::unique_ptr<DetectorModule> board(const std::string& name) const override;
  std::unique_ptr<Instrument> instrument(const std::string& name) const override;

 private:
  bool is_kept(const std::string& name) const;
  void hold(const std::string& name) const;
  void wait_for_link(const std::string& name) const;

  const Instruments& inner_;
  Terms terms_;
  mutable std::set<std::string> held_;
};

/// Readers of this process, where nobody keeps the leases: what its file calls lent is not opened.
class UnlentSources : public QuantitySources {
 public:
  /// Borrows all of them.
  UnlentSources(const QuantitySources& inner, const BenchFiles& files, const Clock& clock)
      : inner_(inner), files_(files), clock_(clock) {}

  std::unique_ptr<QuantitySource> open(const std::string& instrument) const override;

 private:
  const QuantitySources& inner_;
  const BenchFiles& files_;
  const Clock& clock_;
};

}  // namespace fat

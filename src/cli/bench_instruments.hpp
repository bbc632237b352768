// A station -> its instruments: those of station.ini, or the virtual station's in their place.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/station_lapse.hpp"
#include "fat/devices/device_quantities.hpp"
#include "fat/devices/station_instruments.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// What its links are.
struct BenchLinks {
  StationLapse* lapse = nullptr;  ///< to instruments on a time that jumps
  SharedWires* wires = nullptr;   ///< which others use too
};

/// Owns what it is made of. Opens nothing before something is asked.
class BenchInstruments {
 public:
  /// `purpose`: what others are told who wait for a wire. With --virtual a virtual station is
  /// started when none lives, or those of the lapse are taken. What is borrowed must outlive it.
  BenchInstruments(const Invocation& invocation,
                   const Station& station,
                   const Clock& clock,
                   const std::string& purpose,
                   BenchLinks links = {});

  const QuantitySources& quantities() const { return quantities_; }

  const std::vector<DeviceEntry>& devices() const { return devices_; }

 private:
  std::vector<DeviceEntry> devices_;
  StationInstruments instruments_;
  DeviceQuantities quantities_;
};

/// The channel of that name. Throws UsageError that names those there are.
const ChannelEntry& channel_named(const Station& station, const std::string& name);

/// Of a --virtual invocation, or within a virtual run.
bool is_virtual(const Invocation& invocation);

}  // namespace fat

// The instruments of the virtual bench, each on its wire.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "fat/sim/virtual_station.hpp"
#include "sim/bench_model.hpp"
#include "sim/virtual_port.hpp"

namespace fat {

/// As station.ini would declare it, and the wire that answers there.
using PlacedInstrument = std::pair<DeviceEntry, std::unique_ptr<VirtualPort>>;

/// Generator behind a Prologix and direct, supply, two wheels, thermometer, chiller, a FieldHub for
/// each four modules.
std::vector<PlacedInstrument> make_instruments(const VirtualStationOptions& options,
                                               const std::shared_ptr<BenchModel>& model);

}  // namespace fat

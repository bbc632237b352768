// A reading -> a line of InfluxDB's line protocol. Pure.
#pragma once

#include <string>

#include "fat/model/reading.hpp"
#include "fat/people/telemetry.hpp"

namespace fat {

/// "rigol_dp900,site=chiba,device=heater,channel=heater_1,unit=V voltage=31.99,valid=1i 17951990329
/// 00000000", time in ns. A reading without a value has `valid=0i` alone: never a zero. The same
/// reading makes the same line, so sending it twice changes nothing.
std::string influx_line(const TelemetryChannel& channel,
                        const std::string& site,
                        const Reading& reading);

}  // namespace fat

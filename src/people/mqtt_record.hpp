// A reading -> topic and payload of an MQTT record. Pure.
#pragma once

#include <string>
#include <vector>

#include "fat/model/reading.hpp"
#include "fat/people/telemetry.hpp"

namespace fat {

/// "fat/north-hall/rigol1/heater_1": each part one level, without wildcards.
std::string mqtt_topic(const std::string& prefix,
                       const std::string& site,
                       const TelemetryChannel& channel);

/// Of what speaks of the station as a whole: "fat/north-hall/$state".
std::string mqtt_station_topic(const std::string& prefix,
                               const std::string& site,
                               std::string_view word);

/// {"t":1795199032.9,"device":"rigol1","channel":"heater_1","unit":"V","voltage":31.99,"q":"ok"};
/// `t` in seconds since 1970 (UTC). Without a value `q` is "failed" and the quantity is missing:
/// never a zero. Every number is a float.
std::string mqtt_record(const TelemetryChannel& channel, const Reading& reading);

/// {"version":1,"channels":{"heater_1":{"device":...,"kind":...,"quantity":...,"unit":...}}}
std::string mqtt_description(const std::vector<TelemetryChannel>& channels);

}  // namespace fat

#include "cli/bench_instruments.hpp"

#include <cstdlib>
#include <string_view>

#include "cli/child_environment.hpp"
#include "cli/virtual_station.hpp"

namespace fat {

namespace {

std::vector<DeviceEntry> devices_of(const Invocation& invocation, const Station& station) {
  return is_virtual(invocation)
             ? virtual_devices(ensure_virtual_station(station.state, {}), station.devices)
             : station.devices;
}

}  // namespace

bool is_virtual(const Invocation& invocation) {
  const char* const inherited = std::getenv("FATMASTER_VIRTUAL");
  return invocation.virtual_station || (inherited != nullptr && std::string_view{inherited} == "1");
}

BenchInstruments::BenchInstruments(const Invocation& invocation,
                                   const Station& station,
                                   const Clock& clock,
                                   const std::string& purpose)
    : devices_(devices_of(invocation, station)),
      instruments_(clock,
                   devices_,
                   {station.locks, purpose},
                   is_virtual(invocation) ? "the virtual station" : "station.ini"),
      quantities_(instruments_) {
  forget_secrets(station);  // programs that are sensors need none of them
}

}  // namespace fat

#include "cli/machines_seen.hpp"

#include <stdexcept>

#include "fat/runner/control_client.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

bool has_machines(const Station& station) {
  return !station.module_powers.empty() || !station.chillers.empty();
}

std::optional<MachinesState> living_machines(const Station& station, const BenchFiles& files) {
  if (!has_machines(station) || !who_holds(station.state, files.lock)) {
    return std::nullopt;
  }
  try {
    const auto reply = ask_scheduler(files.socket, "GET", std::string{kMachinesPage}, {});
    return reply && reply->status == 200 ? machines_state_from_json_text(reply->body)
                                         : std::nullopt;
  } catch (const std::runtime_error&) {  // it hangs: nobody knows
    return std::nullopt;
  }
}

std::string machine_lines(const Station& station, const BenchFiles& files) {
  if (!has_machines(station)) {
    return {};
  }
  const auto living = living_machines(station, files);
  return living ? in_words(*living)
                : "module power and chillers: nobody watches them: `fatmaster station` does not "
                  "run, or hangs\n";
}

}  // namespace fat

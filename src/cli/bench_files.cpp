#include "cli/bench_files.hpp"

#include <system_error>

#include "cli/bench_instruments.hpp"
#include "cli/station_context.hpp"
#include "fat/runner/control_server.hpp"

namespace fat {

BenchFiles bench_files(const Station& station, bool virtual_bench) {
  const auto& state = station.state;
  return virtual_bench
             ? BenchFiles{state / "readings_virtual.db",
                          "station_virtual.lock",
                          {state / "interlocks_virtual.json", state / "station_state_virtual.json"},
                          control_socket_path(state, "station_virtual"),
                          state / "leases_virtual.json",
                          control_socket_path(state, "wires_virtual")}
             : BenchFiles{state / "readings.db",
                          "station.lock",
                          {state / "interlocks.json", state / "station_state.json"},
                          control_socket_path(state, "station"),
                          state / "leases.json",
                          control_socket_path(state, "wires")};
}

BenchFiles bench_files(const Invocation& invocation, const Station& station) {
  return bench_files(station, is_virtual(invocation));
}

void keep_damaged(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::copy_file(
      file, file.string() + ".damaged", std::filesystem::copy_options::overwrite_existing, ignored);
}

}  // namespace fat

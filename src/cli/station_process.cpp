#include "cli/station_process.hpp"

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>

#include "cli/bench_files.hpp"
#include "cli/bench_instruments.hpp"
#include "cli/exit_code.hpp"
#include "cli/hasty_bench.hpp"
#include "cli/living_bench.hpp"
#include "cli/serve_command.hpp"
#include "cli/station_context.hpp"
#include "cli/station_lapse.hpp"
#include "cli/station_start.hpp"
#include "fat/model/quantity.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

constexpr Microseconds kStoredEvery = std::chrono::seconds{1};
constexpr Microseconds kNobodyDrives = std::chrono::minutes{1};  // the run beside it
constexpr const char* kBesideOption = "beside";

int live(const Invocation& invocation,
         const Station& station,
         Microseconds stored_every,
         RunBeside run,
         StationLock& lock) {
  const SystemClock clock;
  const auto files = bench_files(invocation, station);
  LivingBench bench{invocation, station, files, clock, nullptr};
  bench.start();
  bench.live_until_told_to_end(stored_every, run);
  say_that_it_ends(lock, run.number());
  const bool harmless = invocation.arguments.has("leave-outputs") || bench.leave_harmless();
  bench.end();
  return harmless ? kExitDone : kExitModulesBad;
}

int live_through(const Invocation& invocation,
                 const Station& station,
                 const BenchFiles& files,
                 StationLapse& lapse) {
  LivingBench bench{invocation, station, files, lapse.time(), &lapse};
  auto part = std::make_unique<TimeLapse::Part>(lapse.time());
  bench.start();
  bench.live_through(lapse.time());
  const bool valid = bench.all_is_valid(lapse.time().now());
  part.reset();
  if (!invocation.arguments.has("leave-outputs")) {
    bench.leave_harmless();
  }
  bench.end();
  return valid ? kExitDone : kExitModulesBad;
}

/// 0: none.
int run_beside(const Arguments& arguments) {
  if (!arguments.has(kBesideOption)) {
    return 0;
  }
  const auto run = parse_integer(arguments.value(kBesideOption));
  if (!run || *run <= 0 || *run > std::numeric_limits<int>::max()) {
    throw UsageError{"fatmaster station: --beside needs the number of a run"};
  }
  return static_cast<int>(*run);
}

}  // namespace

int run_station_process(const Invocation& invocation) {
  const auto declared = open_station(invocation).station;
  if (declared.channels.empty() && declared.services.empty()) {
    throw CommandError{kExitFileWrong,
                       "station.ini declares no [channel ...]: nothing to read; and no [service "
                       "...] to supervise"};
  }
  take_ending_signals();
  const SystemClock machine;
  std::optional<StationLapse> lapse;
  if (invocation.arguments.has("for")) {
    if (invocation.arguments.has("speed")) {
      throw UsageError{"fatmaster station: --for jumps, --speed runs: one of them"};
    }
    lapse.emplace(invocation, declared, machine);
  }
  const auto files = bench_files(invocation, declared);
  const int run = run_beside(invocation.arguments);
  auto lock = lock_bench(declared, files, run);
  std::optional<ServerBeside> server;
  if (const auto listen = invocation.arguments.value("listen"); !listen.empty()) {
    server.emplace(invocation, listen);
  }
  const auto speed = lapse ? 1 : speed_of_bench(invocation, declared);
  const auto station = hasty_bench(declared, speed);
  if (is_virtual(invocation)) {
    std::cerr << "VIRTUAL station, not the bench\n";
  }
  return lapse ? live_through(invocation, station, files, *lapse)
               : live(invocation,
                      station,
                      hastened(kStoredEvery, speed),
                      {declared, run, kNobodyDrives},
                      lock);
}

}  // namespace fat

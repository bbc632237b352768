// The newest state of a station's interlocks -> whether a step may begin, and lines for people.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/bench_files.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/bench_guard.hpp"

namespace fat {

/// Looks at the file that `fatmaster station` writes a few times a second. One that is too old says
/// that nobody watches the bench.
class StationGuard : public BenchGuard {
 public:
  /// `needs`: services without which no step of `run` begins, as `needs_services` names them. What
  /// another run started to guard its own steps is about to end.
  StationGuard(const Station& station,
               BenchFiles files,
               bool virtual_bench,
               int run,
               std::vector<std::string> needs)
      : station_(station),
        files_(std::move(files)),
        virtual_bench_(virtual_bench),
        run_(run),
        needs_(std::move(needs)) {}

  BenchWord ask(const Instant& now) override;

 private:
  BenchWord ask_interlocks(const Instant& now) const;

  const Station& station_;
  BenchFiles files_;
  bool virtual_bench_;
  int run_;
  std::vector<std::string> needs_;
};

/// What `list` prints: a line for each interlock of station.ini, and one that nobody watches them
/// when that is so. `all` false: only what is not clear or is overridden. Empty without interlocks.
std::string interlock_lines(const Station& station,
                            const BenchFiles& files,
                            const Instant& now,
                            bool all);

/// The state as it is now; nullopt when nobody writes it any more.
std::optional<StationState> living_station_state(const BenchFiles& files, const Instant& now);

}  // namespace fat

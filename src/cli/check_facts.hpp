// A station -> what its quick check list is made of.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "cli/check_list.hpp"
#include "cli/command.hpp"
#include "fat/store/sqlite_journal.hpp"

namespace fat {

/// The newest run's number and run JSON; nullopt when there is none.
struct NewestRun {
  int number = 0;
  std::filesystem::path file;
};

std::optional<NewestRun> newest_run(const Station& station);

/// What is written down about a run; asks no module. Throws FileError when the run JSON is wrong.
BenchFacts recorded_facts(const Station& station, int run);

/// Asks the modules of the newest run, all at once; else only reads. Throws FileError when the run
/// JSON is wrong, CommandError when a virtual station is wanted and none lives.
BenchFacts bench_facts(const Invocation& invocation, const Station& station);

}  // namespace fat

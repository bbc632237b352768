// The catalog is consistent with itself.
#include "fat/tasks/catalog.hpp"

#include <set>
#include <stdexcept>

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "tasks/fake_bench.hpp"

namespace fat {
namespace {

TEST(Catalog, NamesEveryTaskOnceWithASummary) {
  std::set<std::string> names;
  for (const auto& task : catalog()) {
    EXPECT_TRUE(names.insert(task.name).second) << task.name;
    EXPECT_FALSE(task.summary.empty()) << task.name;
    for (const auto& parameter : task.parameters) {
      EXPECT_FALSE(parameter.help.empty()) << task.name << ' ' << parameter.name;
    }
  }
}

TEST(Catalog, HoldsTheTasksOfTheSpine) {
  for (const char* name : {"status_check", "wait_time", "manual_input", "backup"}) {
    EXPECT_NE(find_task(catalog(), name), nullptr) << name;
  }
}

TEST(Catalog, PerformsProcessesOnly) {
  const FakeBench bench;
  const BootClock clock;
  RecordingReporter reporter;
  const TaskContext context{.bench = bench,
                            .clock = clock,
                            .reporter = reporter,
                            .backups = {},
                            .journal = {},
                            .run_file = {},
                            .folder = {},
                            .modules = {},
                            .arguments = {}};

  EXPECT_THROW(run_task("wait_time", context), std::invalid_argument);
  EXPECT_THROW(run_task("nothing", context), std::invalid_argument);
  EXPECT_THROW(verify_task("wait_time", context), std::invalid_argument);
}

}  // namespace
}  // namespace fat

// What was checked by hand, kept until its run begins.
#include "fat/store/check_book.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CheckRecord record(const std::string& check, const std::string& note = "") {
  return {.check = check,
          .good = true,
          .by_person = true,
          .who = "anna at /dev/pts/3",
          .at = WallTime{std::chrono::seconds{1795219200}},
          .note = note};
}

TEST(CheckBook, KeepsWhatWasCheckedOfEachRun) {
  const TemporaryFolder state;
  CheckBook book{state.path()};
  EXPECT_THAT(book.of_run(12), IsEmpty());

  book.add(12, record("laser-supply", "\"on\"\nsince 8"));
  book.add(11, record("logbook"));
  book.add(12, record("logbook"));

  EXPECT_THAT(book.of_run(12),
              ElementsAre(record("laser-supply", "\"on\"\nsince 8"), record("logbook")));
}

TEST(CheckBook, LosesNothingButTheLineThatIsTorn) {
  const TemporaryFolder state;
  CheckBook book{state.path()};
  book.add(12, record("setup"));
  std::ofstream{state / "checks.jsonl", std::ios::app} << R"({"run": 12, "check": "lase)";

  book.add(12, record("logbook"));
  std::ofstream{state / "checks.jsonl", std::ios::app}
      << "[1]\n{\"run\":12,\"at_us\":\"x\"}\n\xff\n";

  EXPECT_THAT(book.of_run(12), ElementsAre(record("setup"), record("logbook")));
}

}  // namespace
}  // namespace fat

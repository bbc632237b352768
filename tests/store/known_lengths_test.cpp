// How long steps had taken before a moment of the journal.
#include "fat/store/known_lengths.hpp"

#include <gmock/gmock.h>

#include "fat/store/sqlite_journal.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(KnownLengths, AreThoseOfAttemptsThatHadEndedByThen) {
  const TemporaryFolder folder;
  const auto file = folder / "fatmaster.db";
  const PlanRecord record{.run = 12, .version = 1, .plan = plan_with({"gain"})};
  SqliteJournal journal{file, JournalMode::ReadWrite};
  journal.append({adopted(12, 1)}, &record);
  std::vector<std::int64_t> begins;
  for (int number = 1; number <= 3; ++number) {
    const auto key = attempt_of("gain", number);
    begins.push_back(journal.last_id() + 1);
    journal.append({started(12, key), ended(12, key, seconds{number})});
  }
  const auto content = fingerprint(record.plan.steps.front());

  EXPECT_THAT((KnownLengths{file, begins.at(0)}.of_step(content)), IsEmpty());
  EXPECT_THAT((KnownLengths{file, begins.at(2)}.of_step(content)),
              ElementsAre(seconds{2}, seconds{1}));
  EXPECT_THAT((KnownLengths{file, begins.at(1)}.of_task("task_of_gain")), ElementsAre(seconds{1}));
  EXPECT_THAT((KnownLengths{file, begins.at(2)}.of_task("another task")), IsEmpty());
}

}  // namespace
}  // namespace fat

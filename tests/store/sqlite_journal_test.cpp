// What the journal keeps, gives back and refuses.
#include "fat/store/sqlite_journal.hpp"

#include <csignal>
#include <functional>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/database.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> texts(const std::vector<StoredEvent>& events) {
  std::vector<std::string> texts;
  for (const auto& stored : events) {
    const auto* noted = std::get_if<Noted>(&stored.event.body);
    texts.push_back(noted != nullptr ? noted->text : std::string(kind_of(stored.event.body)));
  }
  return texts;
}

JournalFault fault_when(const std::function<void()>& action) {
  try {
    action();
  } catch (const JournalError& error) {
    return error.fault();
  }
  throw std::logic_error("nothing was refused");
}

class Journals : public testing::Test {
 protected:
  SqliteJournal writer() const { return {file_, JournalMode::ReadWrite}; }

  SqliteJournal reader() const { return {file_, JournalMode::ReadOnly}; }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "fatmaster.db";
};

TEST_F(Journals, GiveBackEveryFieldOfAnEvent) {
  const Event stored{.run = 12,
                     .at = moment(77),
                     .who = "anna (uid 1000) at \"pts/3\" \xc3\xa4",
                     .body = Noted{.level = "warning", .text = "a\nb"}};

  writer().append({stored});

  const auto events = reader().events(12);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].id, 1);
  EXPECT_EQ(events[0].event.run, 12);
  EXPECT_EQ(events[0].event.at, stored.at);
  EXPECT_EQ(events[0].event.who, stored.who);
  EXPECT_EQ(std::get<Noted>(events[0].event.body).text, "a\nb");
}

TEST_F(Journals, GiveBackAHistoryThatSeveralThreadsUnderstandInItsOrder) {
  constexpr int long_enough = 20'011;
  std::vector<Event> events;
  for (int number = 1; number <= long_enough; ++number) {
    events.push_back({.run = 12,
                      .at = moment(number),
                      .who = "fatmaster",
                      .body = Noted{.level = "info", .text = std::to_string(number)}});
  }
  writer().append(events);

  const auto read = writer().events(12);

  ASSERT_THAT(read, SizeIs(long_enough));
  for (int number = 1; number <= long_enough; ++number) {
    const auto& stored = read[static_cast<std::size_t>(number) - 1];
    ASSERT_EQ(stored.id, number);
    ASSERT_EQ(stored.event.at, moment(number));
    ASSERT_EQ(std::get<Noted>(stored.event.body).text, std::to_string(number));
  }
}

TEST_F(Journals, KeepRunsApartAndInTheOrderOfTheirFirstEvent) {
  auto journal = writer();

  journal.append({note(12, "a"), note(7, "b")});
  journal.append({note(12, "c")});

  EXPECT_THAT(journal.runs(), ElementsAre(12, 7));
  EXPECT_THAT(texts(journal.events(12)), ElementsAre("a", "c"));
  EXPECT_THAT(texts(journal.events(12, 1)), ElementsAre("c"));
  EXPECT_THAT(journal.events(12, 3), IsEmpty());
  EXPECT_THAT(journal.events(99), IsEmpty());
  EXPECT_EQ(journal.last_id(), 3);
}

Event taken_by(const std::string& person, int run) {
  return event(run, 1, ShiftTaken{.person = person});
}

std::string on_shift(const SqliteJournal& journal) {
  return std::get<ShiftTaken>(journal.newest_shift().value().event.body).person;
}

TEST_F(Journals, KnowTheNewestShiftOfAllRuns) {
  auto journal = writer();
  EXPECT_EQ(journal.newest_shift(), std::nullopt);

  journal.append({taken_by("anna", 12)});
  journal.append({taken_by("bert", 13), note(12, "later")});

  EXPECT_EQ(on_shift(reader()), "bert");
}

// The index came later than the format: a journal may be without it until it is next written.
TEST_F(Journals, WithoutTheIndexOfShiftsAreReadAllTheSameAndGetIt) {
  writer().append({taken_by("anna", 12)});
  store::Database other{file_, store::Access::ReadWrite};
  const auto indices = [&other] {
    return other.integer_of("SELECT count(*) FROM sqlite_schema WHERE name = 'events_of_shifts'");
  };
  other.execute("DROP INDEX events_of_shifts");

  EXPECT_EQ(on_shift(reader()), "anna");
  EXPECT_EQ(indices(), 0);
  EXPECT_EQ(on_shift(writer()), "anna");
  EXPECT_EQ(indices(), 1);
}

TEST_F(Journals, WhoseIndexLeadsToAnotherRowThanAShiftAreDamaged) {
  writer().append({taken_by("anna", 12), note(12, "later")});
  store::Database{file_, store::Access::ReadWrite}.execute(
      "DROP INDEX events_of_shifts; CREATE INDEX events_of_shifts ON events(id) WHERE kind = "
      "'noted'; "
      "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX events_of_shifts "
      "ON events(id) WHERE kind = ''shift_taken''' WHERE name = 'events_of_shifts'");

  EXPECT_EQ(fault_when([&] { writer(); }), JournalFault::Damaged);
  EXPECT_EQ(fault_when([&] { reader().newest_shift(); }), JournalFault::Damaged);
}

TEST_F(Journals, ShowAReaderWhatTheWriterHasCommittedSince) {
  auto journal = writer();
  journal.append({note(1, "a")});
  const auto other = reader();
  ASSERT_THAT(other.events(1), SizeIs(1));

  journal.append({note(1, "b")});

  EXPECT_THAT(texts(other.events(1, 1)), ElementsAre("b"));
}

TEST_F(Journals, KeepAPlanWithTheEventThatAdoptsIt) {
  const PlanRecord record{.run = 12, .version = 2, .plan = plan_with({"gain", "dark rate"})};

  writer().append({note(12, "x"), adopted(12, 2)}, &record);

  const auto plan = reader().plan(12, 2);
  ASSERT_TRUE(plan);
  EXPECT_EQ(fingerprint(*plan), fingerprint(record.plan));
  EXPECT_FALSE(reader().plan(12, 1));
}

TEST_F(Journals, RefuseAPlanWithoutTheEventThatAdoptsIt) {
  const PlanRecord record{.run = 12, .version = 1, .plan = plan_with({"gain"})};

  EXPECT_THROW(writer().append({note(12, "x")}, &record), std::logic_error);
}

TEST_F(Journals, KeepNothingOfAnAppendThatFailsInItsMiddle) {
  const PlanRecord record{.run = 12, .version = 1, .plan = plan_with({"gain"})};
  auto journal = writer();
  journal.append({adopted(12, 1)}, &record);

  EXPECT_THROW(journal.append({note(12, "a"), adopted(12, 1)}, &record), JournalError);

  EXPECT_THAT(journal.events(12), SizeIs(1));
  journal.append({note(12, "b")});
  EXPECT_NO_THROW(journal.verify());
}

TEST_F(Journals, LearnDurationsOfAStepFromItsDoneAttempts) {
  const PlanRecord record{.run = 12, .version = 1, .plan = plan_with({"gain", "dark"})};
  auto journal = writer();
  journal.append({adopted(12, 1), started(12, attempt_of("gain"))}, &record);

  journal.append({ended(12, attempt_of("gain"), seconds{5}, Outcome::Errored),
                  started(12, attempt_of("gain", 2))});
  journal.append({ended(12, attempt_of("gain", 2), seconds{7}), started(12, attempt_of("dark"))});
  journal.append({ended(12, attempt_of("dark"), seconds{9})});

  const auto gain = fingerprint(record.plan.steps[0]);
  EXPECT_THAT(journal.past_durations(gain, "unknown"), ElementsAre(seconds{7}));
  EXPECT_THAT(journal.past_durations("changed step", "task_of_dark"), ElementsAre(seconds{9}));
  EXPECT_THAT(journal.past_durations("", ""), IsEmpty());
}

TEST_F(Journals, LearnFromAnAttemptThatAnotherSchedulerStarted) {
  const PlanRecord record{.run = 12, .version = 1, .plan = plan_with({"gain"})};
  writer().append({adopted(12, 1), started(12, attempt_of("gain"))}, &record);

  writer().append({ended(12, attempt_of("gain"), seconds{5})});

  EXPECT_THAT(reader().past_durations("", "task_of_gain"), ElementsAre(seconds{5}));
}

TEST_F(Journals, GiveTheTwentyNewestDurations) {
  const PlanRecord record{.run = 12, .version = 1, .plan = plan_with({"gain"})};
  auto journal = writer();
  journal.append({adopted(12, 1)}, &record);

  for (int number = 1; number <= 25; ++number) {
    const auto key = attempt_of("gain", number);
    journal.append({started(12, key), ended(12, key, seconds{number})});
  }

  const auto durations = journal.past_durations("", "task_of_gain");
  ASSERT_THAT(durations, SizeIs(20));
  EXPECT_EQ(durations.front(), seconds{25});
  EXPECT_EQ(durations.back(), seconds{6});
}

TEST_F(Journals, AreReadableByTheirOwnerAlone) {
  auto journal = writer();
  journal.append({note(1, "a")});

  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};

    ASSERT_EQ(::stat((file_.string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(Journals, AreSharedWithTheGroupWhenAsked) {
  const auto mask = ::umask(077);
  SqliteJournal(file_, JournalMode::ReadWrite, {.for_group = true, .migrations = {}})
      .append({note(1, "a")});
  ::umask(mask);

  struct stat status {};

  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0660U);
}

TEST_F(Journals, AreMissingForAReaderUntilSomebodyWrote) {
  EXPECT_EQ(fault_when([&] { reader(); }), JournalFault::Missing);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(Journals, AreUnwritableInAFolderThatDoesNotExist) {
  const auto open = [&] { SqliteJournal(folder_ / "no/such/file.db", JournalMode::ReadWrite); };

  EXPECT_EQ(fault_when(open), JournalFault::Unwritable);
}

TEST_F(Journals, CannotBeWrittenByAReader) {
  writer().append({note(1, "a")});

  EXPECT_EQ(fault_when([&] { reader().append({note(1, "b")}); }), JournalFault::Unwritable);
}

TEST_F(Journals, OfAnotherProgramAreRefused) {
  write_text(file_, std::string(5000, 'x'));

  EXPECT_EQ(fault_when([&] { writer(); }), JournalFault::Damaged);
  EXPECT_EQ(fault_when([&] { reader(); }), JournalFault::Damaged);
}

TEST_F(Journals, LiveInFoldersWithStrangeNames) {
  const auto folder = folder_ / "100% a?b#c \xc3\xa4";
  std::filesystem::create_directories(folder);

  SqliteJournal(folder / "fatmaster.db", JournalMode::ReadWrite).append({note(1, "a")});

  EXPECT_TRUE(std::filesystem::exists(folder / "fatmaster.db"));
  EXPECT_THAT(SqliteJournal(folder / "fatmaster.db", JournalMode::ReadOnly).events(1), SizeIs(1));
}

TEST_F(Journals, AreCopiedWhileTheyAreWritten) {
  auto journal = writer();
  journal.append({note(1, "a"), note(1, "b")});

  reader().snapshot(folder_ / "copy.db");
  journal.append({note(1, "c")});

  const SqliteJournal copy(folder_ / "copy.db", JournalMode::ReadOnly);
  EXPECT_THAT(texts(copy.events(1)), ElementsAre("a", "b"));
  EXPECT_NO_THROW(copy.verify());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db-wal"));
}

TEST_F(Journals, GoOnAfterTheDiskWasFull) {
  auto journal = writer();
  journal.append({note(1, "before")});

  struct rlimit before {};

  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const auto size = std::filesystem::file_size(file_.string() + "-wal");

  const struct rlimit full { size, before.rlim_max };

  ::setrlimit(RLIMIT_FSIZE, &full);

  const auto fault = fault_when([&] {
    for (int count = 0; count < 10; ++count) {
      journal.append({note(1, std::string(10'000, 'x'))});
    }
  });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  journal.append({note(1, "after")});

  EXPECT_EQ(fault, JournalFault::Unwritable);
  EXPECT_THAT(texts(reader().events(1)), ElementsAre("before", "after"));
  EXPECT_NO_THROW(journal.verify());
}

/// Runs `check` as somebody who has no write access, also when the tests run as root. Its result is
/// the exit status.
int as_reader_of(const std::filesystem::path& folder, const std::function<bool()>& check) {
  std::filesystem::permissions(folder, std::filesystem::perms(0555));
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) {
      ::_exit(3);
    }
    ::_exit(check() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::filesystem::permissions(folder, std::filesystem::perms(0755));
  return status;
}

TEST_F(Journals, CanBeReadInAFolderThatCannotBeWritten) {
  writer().append({note(1, "a")});
  std::filesystem::permissions(file_, std::filesystem::perms(0444));
  ASSERT_FALSE(std::filesystem::exists(file_.string() + "-wal"));

  const int status = as_reader_of(folder_.path(), [&] { return reader().events(1).size() == 1; });

  EXPECT_EQ(status, 0);
  EXPECT_FALSE(std::filesystem::exists(file_.string() + "-shm"));
}

TEST(SqliteJournal, TakesNothingAndEndsWithoutAStartForNoDurations) {
  const TemporaryFolder folder;
  SqliteJournal journal(folder / "fatmaster.db", JournalMode::ReadWrite);
  journal.append({});
  EXPECT_EQ(journal.last_id(), 0);

  journal.append({ended(1, attempt_of("gain"), std::chrono::seconds{3})});

  EXPECT_EQ(journal.last_id(), 1);
  EXPECT_TRUE(journal.past_durations("", "task_of_gain").empty());
}

TEST(SqliteJournal, SaysThatItsCopyCannotBeWritten) {
  const TemporaryFolder folder;
  const SqliteJournal journal(folder / "fatmaster.db", JournalMode::ReadWrite);
  std::filesystem::create_directory(folder / "copy.db");

  EXPECT_THROW(journal.snapshot(folder / "copy.db"), JournalError);
  EXPECT_THROW(journal.snapshot(folder / "none/copy.db"), JournalError);
  EXPECT_THROW((SqliteJournal{"/dev/null/fatmaster.db", JournalMode::ReadWrite}), JournalError);
}

}  // namespace
}  // namespace fat

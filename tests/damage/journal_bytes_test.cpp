// A small journal, cut at every length and flipped at every byte, as a closed file and as a file
// with its log of a writer that died
// -> refused, or a prefix of the truth; never another history, never whole when it is not.
//
// Every seventh length and byte here, plus the first and last 200 of the file and of every page;
// FATMASTER_EVERY_BYTE=1 (tools/test --full, test damage.every_byte) takes all of them.
#include <algorithm>
#include <cstdlib>
#include <ranges>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "fat/store/sqlite_journal.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

constexpr std::size_t kStride = 7;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kDense = 200;  // headers and the newest cells of a page stand at its ends

bool every_byte() {
  const char* const wish = std::getenv("FATMASTER_EVERY_BYTE");
  return wish != nullptr && std::string_view{wish} == "1";
}

bool is_chosen(std::size_t place, std::size_t size) {
  const auto in_page = place % kPage;
  return every_byte() || place % kStride == 0 || size - place <= kDense || in_page < 16 ||
         (place < kPage && in_page < kDense);
}

/// Places whose neighbours all hold zero are the same empty space: one in 61 of them will do.
bool is_empty_space(const std::string& bytes, std::size_t place) {
  constexpr std::size_t around = 32;
  const auto begin = place < around ? 0 : place - around;
  const auto text = std::string_view{bytes}.substr(begin, 2 * around);
  return !every_byte() && place % 61 != 0 && text.find_first_not_of('\0') == std::string_view::npos;
}

/// What somebody learns who opens the journal, reads all of it and verifies it.
struct Told {
  std::vector<std::string> events;
  std::string plan;
  bool sound = false;
  std::string refusal;
};

/// In the order of their ids.
std::vector<std::string> events_of(const SqliteJournal& journal) {
  std::vector<std::pair<std::int64_t, std::string>> rows;
  for (const int run : {1, 2}) {
    for (const auto& [id, event] : journal.events(run)) {
      rows.emplace_back(id,
                        fmt::format("{} {} {} {} {} {}",
                                    id,
                                    event.run,
                                    to_iso_utc(event.at.wall),
                                    event.who,
                                    kind_of(event.body),
                                    to_json_text(event.body)));
    }
  }
  std::ranges::sort(rows);
  std::vector<std::string> lines;
  std::ranges::transform(rows, std::back_inserter(lines), [](auto& row) { return row.second; });
  return lines;
}

Told ask(const std::filesystem::path& file, JournalMode mode) {
  Told told;
  try {
    const SqliteJournal journal(file, mode);
    told.events = events_of(journal);
    const auto plan = journal.plan(1, 1);
    told.plan = plan ? to_json_text(*plan) : "";
    journal.verify();
    told.sound = true;
  } catch (const JournalError& error) {
    told.refusal = error.what();
  }
  return told;
}

bool is_prefix(const std::vector<std::string>& lines, const std::vector<std::string>& truth) {
  return lines.size() <= truth.size() &&
         std::ranges::equal(lines, std::views::take(truth, std::ssize(lines)));
}

class JournalBytes : public testing::Test {
 protected:
  static void fill(SqliteJournal& journal) {
    const PlanRecord record{.run = 1, .version = 1, .plan = plan_with({"gain"})};
    journal.append({adopted(1, 1), note(2, "other run"), started(1, attempt_of("gain"))}, &record);
    journal.append({ended(1, attempt_of("gain"), std::chrono::seconds{3}), note(2, "more")});
    journal.append({note(1, "the end")});
  }

  void expect_a_part_of_the_truth(const Told& told) {
    ++tried_;
    (told.sound ? sound_ : refused_)++;
    EXPECT_TRUE(told.sound || told.refusal.size() > 20) << "refused without words";
    EXPECT_TRUE(told.plan.empty() || told.plan == truth_.plan) << "an invented plan";
    // Of a journal that is refused in the end, one run may have been read whole before the other.
    const auto known = [&](const auto& line) {
      return std::ranges::find(truth_.events, line) != truth_.events.end();
    };
    EXPECT_TRUE(std::ranges::all_of(told.events, known)) << "an invented event";
    EXPECT_TRUE(!told.sound || is_prefix(told.events, truth_.events)) << "sound with a hole";
  }

  void report(const char* what, std::size_t of) const {
    fmt::print("{}: {} of {} tried, {} refused, {} sound\n", what, tried_, of, refused_, sound_);
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "fatmaster.db";
  std::filesystem::path log_ = folder_ / "fatmaster.db-wal";
  std::filesystem::path copy_ = folder_ / "copy" / "fatmaster.db";
  std::filesystem::path copy_log_ = folder_ / "copy" / "fatmaster.db-wal";
  std::filesystem::path copy_index_ = folder_ / "copy" / "fatmaster.db-shm";
  Told truth_;
  std::size_t tried_ = 0, refused_ = 0, sound_ = 0;
};

class ClosedJournal : public JournalBytes {
 protected:
  ClosedJournal() {
    {
      SqliteJournal journal(file_, JournalMode::ReadWrite);
      fill(journal);
    }
    EXPECT_FALSE(std::filesystem::exists(log_));
    bytes_ = read_text(file_);
    truth_ = ask(file_, JournalMode::ReadOnly);
    EXPECT_TRUE(truth_.sound);
    EXPECT_EQ(truth_.events.size(), 6U);
  }

  std::string bytes_;
};

TEST_F(ClosedJournal, IsRefusedWhereverItIsCutUnlessNothingIsMissing) {
  write_text(copy_, bytes_);
  // Downwards: each cut shortens the file of the one before.
  for (std::size_t length = bytes_.size(); length-- > 0;) {
    if (!is_chosen(length, bytes_.size()) || is_empty_space(bytes_, length)) {
      continue;
    }
    std::filesystem::resize_file(copy_, length);
    const auto told = ask(copy_, JournalMode::ReadOnly);
    expect_a_part_of_the_truth(told);
    // The empty half of the last page may go.
    ASSERT_TRUE(!told.sound || told.events == truth_.events) << "cut at " << length;
    ASSERT_TRUE(!told.sound || told.plan == truth_.plan) << "cut at " << length;
    ASSERT_TRUE(!told.sound || length > bytes_.size() - kPage) << "cut at " << length;
  }
  report("closed journal, cut", bytes_.size());
  EXPECT_GT(refused_, 300U);
}

TEST_F(ClosedJournal, IsNotChangedByAWriterThatRefusesIt) {
  for (std::size_t length = kPage / 2; length < bytes_.size(); length += kPage) {
    const auto cut = bytes_.substr(0, length);
    write_text(copy_, cut);

    const auto told = ask(copy_, JournalMode::ReadWrite);

    EXPECT_TRUE(!told.sound || told.events == truth_.events) << "cut at " << length;
    EXPECT_EQ(read_text(copy_), cut) << "cut at " << length;
  }
}

TEST_F(ClosedJournal, TellsNoOtherHistoryWhicheverByteIsFlipped) {
  write_text(copy_, bytes_);
  std::fstream file(copy_, std::ios::in | std::ios::out | std::ios::binary);
  const auto put = [&](std::size_t place, char byte) {
    file.seekp(static_cast<std::streamoff>(place)).put(byte).flush();
  };
  for (std::size_t place = 0; place < bytes_.size(); ++place) {
    if (!is_chosen(place, bytes_.size()) || is_empty_space(bytes_, place)) {
      continue;
    }
    put(place, static_cast<char>(bytes_[place] ^ (1 << (place % 8))));
    const auto told = ask(copy_, JournalMode::ReadOnly);
    put(place, bytes_[place]);
    expect_a_part_of_the_truth(told);
    ASSERT_TRUE(!told.sound || told.events == truth_.events) << "flipped at " << place;
    ASSERT_TRUE(!told.sound || told.plan == truth_.plan) << "flipped at " << place;
  }
  report("closed journal, flipped", bytes_.size());
  EXPECT_GT(refused_, 100U);
}

/// Everything stands in the log: its writer never came to fold it into the file.
class DeadWritersJournal : public JournalBytes {
 protected:
  DeadWritersJournal() {
    SqliteJournal journal(file_, JournalMode::ReadWrite);
    fill(journal);
    truth_ = ask(file_, JournalMode::ReadOnly);
    bytes_ = read_text(file_);
    log_bytes_ = read_text(log_);
    EXPECT_EQ(truth_.events.size(), 6U);
    EXPECT_GT(log_bytes_.size(), kPage);
  }

  /// As the machine finds it after a crash: file and log, no index.
  Told ask_with_log(const std::string& log) {
    write_text(copy_, bytes_);
    write_text(copy_log_, log);
    std::filesystem::remove(copy_index_);
    return ask(copy_, JournalMode::ReadOnly);
  }

  std::string bytes_, log_bytes_;
};

TEST_F(DeadWritersJournal, IsAPrefixOfTheTruthWhereverItsLogIsCut) {
  std::set<std::size_t> lengths;
  for (std::size_t length = 0; length < log_bytes_.size(); ++length) {
    if (!is_chosen(length, log_bytes_.size()) || is_empty_space(log_bytes_, length)) {
      continue;
    }
    const auto told = ask_with_log(log_bytes_.substr(0, length));
    expect_a_part_of_the_truth(told);
    lengths.insert(told.sound ? told.events.size() : 0);
  }
  report("log of a dead writer, cut", log_bytes_.size());
  // Each of the three commits is there as a whole or not at all.
  EXPECT_THAT(lengths, testing::IsSubsetOf({0U, 3U, 5U, 6U}));
  EXPECT_THAT(lengths, testing::IsSupersetOf({3U, 5U}));
}

TEST_F(DeadWritersJournal, IsAPrefixOfTheTruthWhicheverByteOfItsLogIsFlipped) {
  for (std::size_t place = 0; place < log_bytes_.size(); ++place) {
    if (!is_chosen(place, log_bytes_.size()) || is_empty_space(log_bytes_, place)) {
      continue;
    }
    auto log = log_bytes_;
    log[place] = static_cast<char>(log[place] ^ (1 << (place % 8)));
    expect_a_part_of_the_truth(ask_with_log(log));
  }
  report("log of a dead writer, flipped", log_bytes_.size());
  EXPECT_GT(tried_, 1000U);
}

}  // namespace
}  // namespace fat

// The run JSON cut at every length, flipped at every byte, replaced, and truncated by another
// program in the middle of writing; readers that poll it while it is rewritten -> nothing of it is
// lost, and nobody sees a part.
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fakes/manual_clock.hpp"
#include "fat/store/run_json_file.hpp"
#include "store/json_members.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RunJsonDamage : public testing::Test {
 protected:
  RunJsonDamage() {
    summary_.run = 12;
    summary_.run_file = file_.string();
    summary_.master_key = "MasterFAT_00";
    summary_.archived_schedule = (folder_ / "runs/run_00012/cold_0.ini").string();
    summary_.started = clock_.now().wall;
    summary_.steps.resize(2);
    summary_.steps[0].title = "gain";
    summary_.steps[0].outcome = Outcome::Done;
    summary_.steps[1].index = 1;
    summary_.steps[1].title = "dark rate";
    write_text(
        file_,
        R"({"DEgg2021-3-133": "runs/run_00012/DEgg2021-3-133.json", "of a task": [1, 2], "comment": "cold"})");
    record_.write(summary_);
    whole_ = read_text(file_);
    good_bytes_ = read_text(good_);
  }

  /// As after the last good write, with `text` in the place of the run JSON.
  void damage(const std::string& text) {
    for (const auto& entry : std::filesystem::directory_iterator{file_.parent_path()}) {
      std::filesystem::remove(entry.path());
    }
    write_text(good_, good_bytes_);
    write_text(file_, text);
  }

  std::string kept_aside() const { return read_text(file_.string() + ".damaged-20261121T000000Z"); }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "runs/run/run_00012.json";
  std::filesystem::path good_ = folder_ / "runs/run_00012/run_00012.json.last_good";
  ManualClock clock_;
  RunJsonFile record_{file_, clock_, {.version = "0.1.0", .patience = milliseconds{0}}};
  RunSummary summary_;
  std::string whole_, good_bytes_;
};

TEST_F(RunJsonDamage, IsRestoredAndKeptAsideWhereverItIsCut) {
  for (std::size_t length = 0; length + 1 < whole_.size(); ++length) {
    const auto cut = whole_.substr(0, length);
    damage(cut);

    const auto warnings = record_.write(summary_);

    ASSERT_THAT(warnings, ElementsAre(HasSubstr("is not complete JSON; kept as"))) << length;
    ASSERT_EQ(kept_aside(), cut) << length;
    ASSERT_EQ(read_text(file_), whole_) << length;
  }
}

TEST_F(RunJsonDamage, IsRestoredOrTakenForAnEditWhicheverByteIsFlipped) {
  std::size_t restored = 0;
  for (std::size_t place = 0; place < whole_.size(); ++place) {
    auto text = whole_;
    text[place] = static_cast<char>(text[place] ^ (1 << (place % 8)));
    damage(text);

    const auto warnings = record_.write(summary_);

    ASSERT_TRUE(store::split_json_object(read_text(file_))) << place;
    if (!warnings.empty()) {
      ++restored;
      ASSERT_EQ(kept_aside(), text) << place;
      ASSERT_EQ(read_text(file_), whole_) << place;
    }
  }
  fmt::print("run JSON: {} bytes flipped, {} restored, the others are another text\n",
             whole_.size(),
             restored);
  EXPECT_GT(restored, whole_.size() / 10);
}

TEST_F(RunJsonDamage, IsRestoredWhenItIsReplacedBySomethingElse) {
  for (const std::string other : {"[1, 2]", "null", "\xff\xfe{", "<html></html>", "{}{}", "3"}) {
    damage(other);

    const auto warnings = record_.write(summary_);

    EXPECT_THAT(warnings, ElementsAre(HasSubstr("is not complete JSON"))) << other;
    EXPECT_EQ(kept_aside(), other);
    EXPECT_EQ(read_text(file_), whole_) << other;
  }
}

/// Waits until somebody has opened the file to read it and closed it again.
class ReaderWatch {
 public:
  explicit ReaderWatch(const std::filesystem::path& file) {
    inotify_add_watch(queue_, file.c_str(), IN_CLOSE_NOWRITE);
  }

  ~ReaderWatch() { ::close(queue_); }

  ReaderWatch(const ReaderWatch&) = delete;
  ReaderWatch& operator=(const ReaderWatch&) = delete;

  void wait() const {
    inotify_event event{};
    while (::read(queue_, &event, sizeof event) < 0 && errno == EINTR) {
    }
  }

 private:
  int queue_ = inotify_init1(IN_CLOEXEC);
};

TEST_F(RunJsonDamage, WaitsForAnotherProgramThatHasTruncatedItAndIsStillWriting) {
  const std::string written = R"({"of another program": "the second half came late"})";
  RunJsonFile patient{file_, clock_, {.version = "0.1.0", .patience = std::chrono::seconds{20}}};
  for (std::size_t half = 0; half < written.size(); half += 10) {
    damage("");
    std::ofstream other{file_, std::ios::binary | std::ios::trunc};
    other << written.substr(0, half) << std::flush;
    const ReaderWatch somebody_read{file_};
    std::thread program{[&] {
      somebody_read.wait();
      other << written.substr(half) << std::flush;
    }};

    const auto warnings = patient.write(summary_);
    program.join();

    EXPECT_THAT(warnings, IsEmpty()) << half;
    EXPECT_THAT(read_text(file_), HasSubstr("the second half came late")) << half;
    EXPECT_THAT(read_text(file_), HasSubstr("\"[0] gain\": 1")) << half;
  }
}

/// What a polling process has seen, told through a pipe.
struct Seen {
  std::uint64_t reads = 0, parts = 0, versions = 0;
};

/// Reads the whole file again and again, in small pieces so that it is replaced in between, until
/// its pipe is closed.
Seen poll_file(const std::filesystem::path& file, const std::atomic<bool>& stop) {
  Seen seen;
  std::string before;
  while (!stop) {
    const auto text = read_text(file);
    ++seen.reads;
    if (text != before) {
      ++seen.versions;
      seen.parts += nlohmann::json::accept(text) ? 0U : 1U;
      before = text;
    }
  }
  return seen;
}

TEST_F(RunJsonDamage, IsWholeForReadersThatPollItTenThousandTimesASecond) {
  constexpr int rewrites = 1000;
  std::atomic<bool> stop{false};
  Seen seen;
  std::thread reader{[&] { seen = poll_file(file_, stop); }};
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < rewrites; ++round) {
    summary_.terminated = std::string(static_cast<std::size_t>(round * 7 % 3000), 'x');
    summary_.steps[1].outcome = round % 2 == 0 ? std::optional{Outcome::Done} : std::nullopt;
    ASSERT_THAT(record_.write(summary_), IsEmpty());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  stop = true;
  reader.join();

  fmt::print(
      "run JSON rewritten {} times in {:.2f} s: {} reads ({:.0f} a second), {} versions seen, {} "
      "in part\n",
      rewrites,
      took.count(),
      seen.reads,
      static_cast<double>(seen.reads) / took.count(),
      seen.versions,
      seen.parts);
  EXPECT_GT(seen.versions, 10U);
  EXPECT_EQ(seen.parts, 0U);
}

}  // namespace
}  // namespace fat

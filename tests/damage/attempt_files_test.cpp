// Records and report of an attempt, torn at every length and flipped at every byte -> none, or the
// truth that is left of them.
#include "runner/attempt_files.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "fat/model/report_line.hpp"
#include "runner/recovery.hpp"
#include "runner/report_collector.hpp"
#include "runner/report_reader.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

constexpr int kLines = 9;
constexpr const char* kToken = "run12-main3-1-b0f1c2d3-1795219200000000";
constexpr const char* kBoot = "b0f1c2d3-0000-4000-8000-0123456789ab";

class AttemptFiles : public testing::Test {
 protected:
  AttemptFiles() {
    for (int line = 0; line < kLines; ++line) {
      const auto said =
          line % 3 == 0
              ? fmt::format(R"({{"message":"line {}"}})", line)
              : fmt::format(
                    R"({{"measurement":{{"module":"D1","name":"m{}","value":{}}}}})", line, line);
      report_ += fmt::format("{{\"at\":{},\"report\":{}}}\n", 1795219200000000 + line, said);
    }
    write_text(folder_ / "lock", "");
    write_text(folder_ / "report.jsonl", report_);
    write_text(folder_ / "exit.json", exit_json());
    write_text(folder_ / "start.json", start_json());
  }

  std::string exit_json() const {
    return fmt::format(
        R"({{"token":"{}","status":0,"signal":null,"ended_by":"itself","start_error":"","started_us":1795219200000000,)"
        R"("ended_us":1795219201000000,"ran_us":1000000,"user_us":1,"system_us":2,"max_rss_kib":3000,"report_bytes":{},)"
        R"("report_dropped":0,"output_bytes":20,"output_lost":0,"survivors":0}})"
        "\n",
        kToken,
        report_.size());
  }

  /// Of two processes that cannot be: ids are far over the kernel's limit.
  static std::string start_json() {
    return fmt::format(
        R"({{"token":"{}","boot_id":"{}","shim":{{"pid":2000000001,"start_time":7}},"command":{{"pid":2000000002,"start_time":8}}}})"
        "\n",
        kToken,
        kBoot);
  }

  Found found() const { return examine(folder_.path(), kToken, kBoot); }

  /// Messages and measurements that can be read, and warnings about the rest.
  struct Read {
    std::vector<std::string> told;
    std::size_t warnings = 0;
    std::uint64_t offset = 0;
  };

  Read read_report() const {
    Read read;
    ReportReader reader{folder_ / "report.jsonl", 0};
    ReportCollector collector{{.title = "gain"}, nullptr, 0};
    for (const auto& line : reader.read().lines) {
      collector.add(line);
    }
    const auto taken = collector.take();
    for (const auto& message : taken.event.messages) {
      if (message.level == "warning") {
        ++read.warnings;
      } else {
        read.told.push_back(message.text);
      }
    }
    for (const auto& measurement : taken.event.measurements) {
      read.told.push_back(fmt::format("{} {}", measurement.name, measurement.value));
    }
    read.offset = reader.offset();
    return read;
  }

  TemporaryFolder folder_;
  std::string report_;
};

TEST_F(AttemptFiles, AreHarvestedWhenTheyAreWhole) {
  const auto result = found();

  ASSERT_TRUE(std::holds_alternative<Harvest>(result));
  EXPECT_EQ(std::get<Harvest>(result).record.status, 0);
  EXPECT_EQ(read_report().told.size(), std::size_t{kLines});
}

TEST_F(AttemptFiles, AreNeverHarvestedWithATornExitRecord) {
  const auto whole = exit_json();
  // All but the line end is the record.
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    write_text(folder_ / "exit.json", whole.substr(0, length));

    EXPECT_FALSE(read_exit(folder_.path(), kToken)) << length;
    EXPECT_TRUE(std::holds_alternative<Lost>(found())) << length;
  }
}

TEST_F(AttemptFiles, AreNeverHarvestedWithATornReport) {
  for (std::size_t length = 0; length < report_.size(); ++length) {
    write_text(folder_ / "report.jsonl", report_.substr(0, length));

    EXPECT_TRUE(std::holds_alternative<Lost>(found())) << length;
  }
}

TEST_F(AttemptFiles, NeverBelongToAnotherAttemptWhicheverByteOfTheExitRecordIsFlipped) {
  const auto whole = exit_json();
  std::size_t refused = 0;
  for (std::size_t place = 0; place < whole.size() * 8; ++place) {
    auto text = whole;
    text[place / 8] = static_cast<char>(text[place / 8] ^ (1 << (place % 8)));
    write_text(folder_ / "exit.json", text);

    const auto record = read_exit(folder_.path(), kToken);

    ASSERT_TRUE(!record || record->token == kToken) << place;
    ASSERT_TRUE(!record || judge(*record).outcome != Outcome::Done || record->status == 0) << place;
    refused += record ? 0U : 1U;
  }
  fmt::print(
      "exit record: {} bits flipped, {} refused, the others changed a number or a name that is not "
      "needed\n",
      whole.size() * 8,
      refused);
  EXPECT_GT(refused, whole.size() * 3);
}

TEST_F(AttemptFiles, SayNobodyLivesWhenTheStartRecordIsTorn) {
  std::filesystem::remove(folder_ / "exit.json");
  const auto whole = start_json();
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    write_text(folder_ / "start.json", whole.substr(0, length));

    EXPECT_FALSE(read_start(folder_.path(), kToken)) << length;
    EXPECT_TRUE(std::holds_alternative<Lost>(found())) << length;
  }
}

TEST_F(AttemptFiles, GiveTheWholeLinesOfATornReportAndGoOnBehindThem) {
  for (std::size_t length = 0; length <= report_.size(); ++length) {
    write_text(folder_ / "report.jsonl", report_.substr(0, length));

    const auto read = read_report();

    const auto lines =
        std::count(report_.begin(), report_.begin() + static_cast<std::ptrdiff_t>(length), '\n');
    ASSERT_EQ(read.told.size(), static_cast<std::size_t>(lines)) << length;
    ASSERT_EQ(read.warnings, 0U) << length;
    const auto end = length == 0 ? std::string::npos : report_.rfind('\n', length - 1);
    ASSERT_EQ(read.offset, end == std::string::npos ? 0 : end + 1) << length;
  }
}

TEST_F(AttemptFiles, LoseAtMostTwoLinesOfAReportWhicheverByteIsFlipped) {
  // Without its line end the last line is one that is still being written.
  for (std::size_t place = 0; place + 1 < report_.size(); ++place) {
    auto text = report_;
    text[place] = static_cast<char>(text[place] ^ (1 << (place % 8)));
    write_text(folder_ / "report.jsonl", text);

    const auto read = read_report();

    // A lost line end makes one damaged line of two; a new one makes two of one.
    ASSERT_GE(read.told.size() + 2, std::size_t{kLines}) << place;
    ASSERT_LE(read.told.size(), std::size_t{kLines}) << place;
    ASSERT_TRUE(read.told.size() == kLines || read.warnings > 0) << place << ": lost in silence";
  }
}

}  // namespace
}  // namespace fat

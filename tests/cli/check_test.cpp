// The shifter's quick check list: what is known of a bench -> lines, each with what mends it.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/check_list.hpp"
#include "cli/command_run.hpp"
#include "fat/sim/module_identity.hpp"
#include "fat/sim/station_thread.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TaskModule module_at(int place) {
  TaskModule module;
  module.entry.serial = "M" + std::to_string(place);
  module.place = place;
  module.pmts[0].serial = "SQ1";
  return module;
}

/// Run 12 of five modules on two wire pairs, everything done.
BenchFacts ready_bench() {
  BenchFacts facts;
  facts.run = 12;
  facts.run_file = "runs/run/run_00012.json";
  facts.schedules = {"schedules/cold.ini"};
  facts.now = WallTime{std::chrono::hours{500000}};
  facts.station.devices.push_back(
      {.name = "generator", .kind = "tektronix_afg3000", .link = {}, .parameters = {}});
  for (int place = 0; place < 5; ++place) {
    facts.modules.push_back(module_at(place));
    facts.looks.push_back({.serial = "M" + std::to_string(place),
                           .place = place,
                           .answers = true,
                           .set_up = true,
                           .why = {}});
  }
  for (const char* check : {"peripherals", "laser-supply", "logbook"}) {
    facts.records.push_back({.check = check,
                             .good = true,
                             .by_person = true,
                             .who = "anna",
                             .at = facts.now - std::chrono::minutes{90},
                             .note = {}});
  }
  facts.tasks_done = {"measure_gain"};
  return facts;
}

std::vector<std::string> open_checks(const BenchFacts& facts) {
  std::vector<std::string> names;
  for (const auto& line : quick_check_list(facts)) {
    if (line.state != CheckState::Good) {
      names.push_back(line.name);
      EXPECT_THAT(line.mend, testing::StartsWith("fatmaster "));
    }
  }
  return names;
}

const CheckLine& line_of(const std::vector<CheckLine>& lines, const std::string& name) {
  return *std::ranges::find(lines, name, &CheckLine::name);
}

TEST(QuickCheckList, IsShortAndGoodWhenEverythingIsDone) {
  const auto lines = quick_check_list(ready_bench());

  std::vector<std::string> names;
  for (const auto& line : lines) {
    names.push_back(line.name);
    EXPECT_EQ(line.state, CheckState::Good) << line.name << line.text;
    EXPECT_EQ(line.mend, "");
  }
  EXPECT_THAT(
      names,
      ElementsAre(
          "run", "schedule", "servers", "setup", "peripherals", "laser-supply", "logbook", "gain"));
  EXPECT_EQ(line_of(lines, "servers").text, "2 of 2 module servers answer, 5 of 5 modules");
  EXPECT_EQ(line_of(lines, "laser-supply").text,
            "the laser's supply is on: confirmed by anna, 1 h 30 min ago");
  EXPECT_THAT(check_list_text(lines), HasSubstr("All is well."));
}

TEST(QuickCheckList, BeginsWithANewRun) {
  const auto lines = quick_check_list({});

  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].mend, "fatmaster new-run -m COMMENT");
  auto over = ready_bench();
  over.is_over = true;
  EXPECT_THAT(open_checks(over), ElementsAre("run"));
}

TEST(QuickCheckList, NamesWhatIsNotDoneForThisRun) {
  auto facts = ready_bench();
  facts.schedules.clear();
  facts.records.clear();
  facts.tasks_done.clear();

  EXPECT_THAT(open_checks(facts),
              ElementsAre("schedule", "peripherals", "laser-supply", "logbook", "gain"));
}

TEST(QuickCheckList, NamesServersAndModulesThatDoNotAnswer) {
  auto facts = ready_bench();
  facts.looks[4] = {
      .serial = "M4", .place = 4, .answers = false, .set_up = false, .why = "refused"};
  facts.looks[0].set_up = false;
  facts.looks[0].why = "its FPGA holds no image";

  const auto lines = quick_check_list(facts);

  EXPECT_EQ(line_of(lines, "servers").text,
            "1 of 2 module servers answer, 4 of 5 modules: M4: refused");
  EXPECT_EQ(line_of(lines, "setup").text,
            "3 of 5 modules are set up: M0: its FPGA holds no image; M4: refused");
  EXPECT_EQ(line_of(lines, "setup").mend, "fatmaster check setup");
}

TEST(QuickCheckList, BelievesTheNewestWord) {
  auto facts = ready_bench();
  facts.records.push_back({.check = "laser-supply",
                           .good = false,
                           .by_person = true,
                           .who = "bob",
                           .at = facts.now,
                           .note = "fuse"});

  EXPECT_THAT(open_checks(facts), ElementsAre("laser-supply"));
  EXPECT_THAT(line_of(quick_check_list(facts), "laser-supply").text,
              HasSubstr("denied by bob, just now: fuse"));
}

TEST(QuickCheckList, IsThatOfAnotherDetectorWhereACommandAsks) {
  auto facts = ready_bench();
  facts.station.modules.probe = {"/bin/true"};
  facts.station.devices.clear();
  facts.modules.front().pmts = {};
  facts.modules.resize(1);

  std::vector<std::string> names;
  for (const auto& line : quick_check_list(facts)) {
    names.push_back(line.name);
  }
  EXPECT_THAT(names, ElementsAre("run", "schedule", "modules", "logbook"));
}

class CheckCommand : public testing::Test {
 protected:
  CheckCommand() {
    std::string addresses;
    for (const int port : sim_.station().ports()) {
      addresses += std::to_string(port) + " ";
    }
    write_text(station_ / "station.ini",
               "[paths]\nlocks = locks\n[modules]\naddresses = " + addresses +
                   "\ndatabase = db.csv\nfpga_version = 272\n");
    std::string database = "Serial,MainboardNumber\n";
    for (int number = 0; number < 2; ++number) {
      const auto identity = module_identity(1, number);
      database += identity.serial + "," + identity.mainboard + "\n";
    }
    write_text(station_ / "db.csv", database);
  }

  CommandRun run(std::vector<std::string> words) const {
    return run_words(station_.path(), std::move(words));
  }

  StationThread sim_{{.modules = 2}};
  TemporaryFolder station_;
};

TEST_F(CheckCommand, LeadsFromAnEmptyStationToAReadyOne) {
  EXPECT_THAT(run({"check"}).out, HasSubstr("-> fatmaster new-run -m COMMENT"));
  ASSERT_EQ(run({"new-run", "-m", "first"}).exit_code, 0);
  EXPECT_THAT(run({"check"}).out,
              AllOf(HasSubstr("1 of 1 module servers answer, 2 of 2 modules"),
                    HasSubstr("-> fatmaster new-schedule runs/run/run_00001.json NAME")));

  write_text(station_ / "schedules/mine.ini",
             "[constants]\nrun_file = runs/run/run_00001.json\n[a]\ncommand = true\n");
  const auto said = run_words(station_.path(), {"check", "logbook", "--yes", "--note", "shift 3"});
  EXPECT_EQ(said.exit_code, 0) << said.err;

  const auto list = nlohmann::json::parse(run({"check", "--json"}).out);
  EXPECT_EQ(list[1]["state"], "good");
  EXPECT_EQ(list[4]["check"], "logbook");
  EXPECT_THAT(list[4]["text"].get<std::string>(),
              AllOf(HasSubstr("confirmed by"), HasSubstr("shift 3")));
}

TEST_F(CheckCommand, PerformsABuiltInTaskAndRemembersHowItCameOut) {
  ASSERT_EQ(run({"new-run", "-m", "first"}).exit_code, 0);

  const auto done = run({"check", "modules"});

  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(read_text(station_ / "checks.jsonl"),
              AllOf(HasSubstr("\"check\":\"modules\""), HasSubstr("\"good\":true")));
}

TEST_F(CheckCommand, SaysWhatItTakes) {
  EXPECT_THAT(run({"check", "lazer-supply"}).err, HasSubstr("did you mean 'laser-supply'?"));
  EXPECT_THAT(run({"check", "logbook", "--yes"}).err, HasSubstr("new-run -m COMMENT"));
  ASSERT_EQ(run({"new-run", "-m", "first"}).exit_code, 0);
  EXPECT_EQ(run({"check", "logbook"}).exit_code, 2);  // no terminal
  EXPECT_EQ(run({"check", "logbook", "--maybe"}).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(station_ / "checks.jsonl"));
  EXPECT_THAT(run({"check", "--help"}).out, HasSubstr("--note TEXT"));
}

}  // namespace
}  // namespace fat

// Modules that were asked, a database -> a run, or what is wrong with each of them.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/command_run.hpp"
#include "cli/new_run_modules.hpp"
#include "fat/sim/module_identity.hpp"
#include "fat/sim/station_thread.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kDatabase =
    "Serial,MainboardNumber,ICMID,UpperPmt,fpgaVersion\n"
    "DEgg-1,4.1-200,00aa,SQ1,\n"
    "DEgg-2,4.1-201,00bb,SQ3,271\n";

ModuleAnswer iceboot(const std::string& mainboard, const std::string& icm, int fpga = 272) {
  return {.ids = {.mainboard = mainboard, .icm = icm},
          .id = {},
          .fpga_version = fpga,
          .iceboot_version = 62,
          .why = {},
          .what_to_try = {}};
}

RunModule match(ModuleAnswer answer, std::optional<int> fpga = 272) {
  const auto database = parse_module_list(kDatabase, "db.csv");
  return modules_of_run({{.address = {.host = "127.0.0.1", .port = 5000},
                          .answer = std::move(answer),
                          .expected = nullptr}},
                        database,
                        fpga)
      .front();
}

TEST(ModulesOfRun, AreFoundByTheirMainboard) {
  const auto module = match(iceboot("4.1-200", "00aa"));

  EXPECT_EQ(module.problem, "");
  EXPECT_EQ(module.warning, "");
  EXPECT_EQ(value_of(module.values, "DEggSerialNumber"), "DEgg-1");
  EXPECT_EQ(value_of(module.values, "UpperPmt.SerialNumber"), "SQ1");
  EXPECT_EQ(value_of(module.values, "fpgaVersion"), "272");
  EXPECT_EQ(value_of(module.values, "IcebootVersion"), "62");
}

TEST(ModulesOfRun, WithAnotherFpgaAreInTheRunAndSaidToBe) {
  EXPECT_THAT(match(iceboot("4.1-200", "00aa", 270)).warning,
              HasSubstr("FPGA version 270, should be 272"));
  EXPECT_THAT(match(iceboot("4.1-200", "00aa", 65535)).warning,
              HasSubstr("holds no image, should be 272"));
  EXPECT_THAT(match(iceboot("4.1-201", "00bb", 272)).warning, HasSubstr("should be 271"));
  EXPECT_EQ(value_of(match(iceboot("4.1-201", "00bb")).values, "fpgaVersion"), "271");
}

TEST(ModulesOfRun, NeedAnFpgaVersionThatSomebodyKnows) {
  EXPECT_EQ(value_of(match(iceboot("4.1-200", "00aa", 270), {}).values, "fpgaVersion"), "270");
  EXPECT_THAT(match(iceboot("4.1-200", "00aa", 65535), {}).problem,
              HasSubstr("name fpga_version in [modules]"));
}

TEST(ModulesOfRun, MustBeKnown) {
  EXPECT_THAT(match(iceboot("4.1-999", "00ff")).problem,
              AllOf(HasSubstr("unknown id: mainboard '4.1-999', ICM '00ff'"), HasSubstr("db.csv")));
}

TEST(ModulesOfRun, MustNotContradictTheDatabase) {
  EXPECT_THAT(match(iceboot("4.1-200", "00bb")).problem,
              HasSubstr("mainboard is that of DEgg-1, whose ICM is 00aa"));
}

TEST(ModulesOfRun, MustBeTheOnesOfTheirPlace) {
  const auto list = parse_module_list(
      "Address,Serial,MainboardNumber\n5000,DEgg-1,4.1-200\n5001,DEgg-2,4.1-201\n5002,DEgg-3,\n",
      "list.csv");
  std::vector<AskedModule> asked;
  asked.reserve(list.rows.size());
  for (const auto& row : list.rows) {
    asked.push_back({.address = row.address, .answer = {}, .expected = &row});
  }
  asked[0].answer = iceboot("4.1-201", "");
  asked[1].answer = iceboot("4.1-777", "");
  asked[2].answer = iceboot("4.1-778", "");

  const auto modules = modules_of_run(asked, list, 272);

  EXPECT_THAT(modules[0].problem, HasSubstr("DEgg-2 answers there, but line 2 of the list says"));
  EXPECT_THAT(modules[1].problem, HasSubstr("mainboard '4.1-777'"));
  EXPECT_EQ(modules[2].problem, "");  // the list does not say what its mainboard is
  EXPECT_EQ(value_of(modules[2].values, "MainboardNumber"), "4.1-778");
}

TEST(ModulesOfRun, StandOnlyOnceInARun) {
  const auto database = parse_module_list(kDatabase, "db.csv");
  const AskedModule first{.address = {.host = "127.0.0.1", .port = 5000},
                          .answer = iceboot("4.1-200", "00aa"),
                          .expected = nullptr};
  auto second = first;
  second.address.port = 5001;

  EXPECT_THAT(modules_of_run({first, second}, database, 272)[1].problem,
              HasSubstr("DEgg-1 answers at 5000 too"));
}

TEST(ModulesOfRun, ThatNameThemselvesNeedNoDatabase) {
  const AskedModule asked{.address = {.host = "slot1", .port = 0},
                          .answer = ModuleAnswer{.id = "pDOM-7"},
                          .expected = nullptr};

  const auto modules = modules_of_run({asked}, {}, {});

  EXPECT_EQ(modules[0].problem, "");
  EXPECT_EQ(value_of(modules[0].values, "DEggSerialNumber"), "pDOM-7");
}

class NewRunCommand : public testing::Test {
 protected:
  CommandRun run(std::vector<std::string> words) const {
    return run_words(station_.path(), std::move(words));
  }

  nlohmann::json json(const std::string& name) const {
    return nlohmann::json::parse(read_text(station_ / name));
  }

  void station(const std::string& modules) {
    write_text(station_ / "station.ini", "[paths]\nlocks = locks\n[modules]\n" + modules);
  }

  TemporaryFolder station_;
};

/// Rows for the first `count` modules of the virtual station.
std::string virtual_database(int count) {
  std::string text = "Serial,MainboardNumber,UpperPmt,LowerPmt\n";
  for (int number = 0; number < count; ++number) {
    const auto identity = module_identity(1, number);
    text += identity.serial + "," + identity.mainboard + "," + identity.upper.serial + "," +
            identity.lower.serial + "\n";
  }
  return text;
}

std::string port_list(const std::vector<int>& ports) {
  std::string text;
  for (const int port : ports) {
    text += std::to_string(port) + " ";
  }
  return text;
}

TEST_F(NewRunCommand, AsksTheModulesOfTheBenchOverTheWire) {
  StationThread sim{{.modules = 5}};
  station("addresses = " + port_list(sim.station().ports()) +
          "\ndatabase = db.csv\nfpga_version = 272\n");
  write_text(station_ / "db.csv", virtual_database(5));

  const auto made = run({"new-run", "-m", "first light", "--json"});

  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(nlohmann::json::parse(made.out)["run"], 1);
  const auto identity = module_identity(1, 4);
  const auto module = json("runs/run_00001/" + identity.serial + ".json");
  EXPECT_EQ(module["MainboardNumber"], identity.mainboard);
  EXPECT_EQ(module["ICMID"], identity.icm_id);
  EXPECT_EQ(module["LowerPmt"]["SerialNumber"], identity.lower.serial);
  EXPECT_EQ(module["Port"], sim.station().ports()[4]);
  EXPECT_EQ(json("runs/run/run_00001.json")["comment"], "first light");
}

TEST_F(NewRunCommand, NamesEveryModuleThatCannotBeInARunAndWritesNothing) {
  StationThread sim{{.modules = 2}};
  station("addresses = " + port_list(sim.station().ports()) +
          "1\ndatabase = db.csv\nfpga_version = 272\n");
  write_text(station_ / "db.csv", virtual_database(1));

  const auto refused = run({"new-run", "-m", "x"});

  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("2 of 3 modules cannot be in a run; nothing was written"),
                    HasSubstr("unknown id: mainboard '" + module_identity(1, 1).mainboard),
                    HasSubstr("Connection refused")));
  EXPECT_FALSE(std::filesystem::exists(station_ / "runs"));

  const auto made = run({"new-run",
                         "-m",
                         "x",
                         "--without",
                         "1",
                         "--without",
                         std::to_string(sim.station().ports()[1])});

  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("run 1: 1 modules"));
}

TEST_F(NewRunCommand, TakesAListAndAsksNobody) {
  station("probe = false\n");
  write_text(station_ / "eight.csv", "serial,address\nA1,slot1\nA2,slot2\n");

  const auto made = run({"new-run", "-m", "x", "--modules", (station_ / "eight.csv").string()});

  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(json("runs/run_00001/A2.json")["Host"], "slot2");
}

TEST_F(NewRunCommand, AsksThoseThatDoNotSpeakIcebootByTheStationsCommand) {
  station("addresses = slot1, slot2\nidentify = /bin/echo lamp-{address}\n");

  const auto made = run({"new-run", "-m", "x"});

  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(json("runs/run/run_00001.json")["lamp-slot2"], "runs/run_00001/lamp-slot2.json");
}

TEST_F(NewRunCommand, SaysWhatItNeeds) {
  station("fpga_version = 272\n");
  EXPECT_THAT(run({"new-run", "-m", "x"}).err,
              HasSubstr("name 'addresses' or 'list' in [modules]"));
  EXPECT_EQ(run({"new-run"}).exit_code, 2);

  write_text(station_ / "bad.csv", "serial,oops\nA1,1\n");
  const auto wrong = run({"new-run", "-m", "x", "--modules", (station_ / "bad.csv").string()});
  EXPECT_EQ(wrong.exit_code, 3);
  EXPECT_THAT(wrong.err, HasSubstr("bad.csv:1: no column 'oops' is known"));
}

}  // namespace
}  // namespace fat

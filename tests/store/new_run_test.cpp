// A new run is there with all its modules, or not at all, whenever it is killed.
#include "fat/store/new_run.hpp"

#include <csignal>
#include <functional>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fat/model/run_paths.hpp"
#include "fat/store/module_json_text.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Json = nlohmann::ordered_json;

NewRun two_modules(const TemporaryFolder& station) {
  return {.station_folder = station.path(),
          .runs_folder = station / "runs",
          .comment = "first light",
          .date = "2026-11-21",
          .modules = {{.serial = "A 1", .json = R"({"DEggSerialNumber": "A 1"})"},
                      {.serial = "B2", .json = R"({"DEggSerialNumber": "B2"})"}}};
}

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) {
    keys.push_back(key);
  }
  return keys;
}

TEST(NewRun, IsNumberedFromOneAndNamesItsModulesInOrder) {
  const TemporaryFolder station;

  const auto written = write_new_run(two_modules(station));

  EXPECT_EQ(written.run, 1);
  EXPECT_EQ(written.run_file, station / "runs/run/run_00001.json");
  EXPECT_EQ(read_text(written.run_file),
            "{\n"
            "    \"A 1\": \"runs/run_00001/A 1.json\",\n"
            "    \"B2\": \"runs/run_00001/B2.json\",\n"
            "    \"comment\": \"first light\",\n"
            "    \"date\": \"2026-11-21\"\n"
            "}");
  EXPECT_EQ(read_text(station / "runs/run_00001/B2.json"), "{\"DEggSerialNumber\": \"B2\"}");
  EXPECT_THAT(written.remarks, IsEmpty());
}

TEST(NewRun, HasTheNextNumberAfterTheHighestWhereverThatStands) {
  const TemporaryFolder station;
  write_text(station / "runs/run/run_00041.json", "{}");
  write_text(station / "runs/run/run_backup.json", "{}");
  auto run = two_modules(station);

  EXPECT_EQ(write_new_run(run).run, 42);
  run.after = 99;
  EXPECT_EQ(write_new_run(run).run, 100);
  EXPECT_THAT(run_numbers(station / "runs"), ElementsAre(41, 42, 100));
}

TEST(NewRun, NamesModulesOutsideTheStationByTheirWholePath) {
  const TemporaryFolder station;
  const TemporaryFolder elsewhere;
  auto run = two_modules(station);
  run.runs_folder = elsewhere / "json";

  const auto written = write_new_run(run);

  EXPECT_EQ(Json::parse(read_text(written.run_file))["B2"],
            (elsewhere / "json/run_00001/B2.json").string());
}

TEST(NewRun, RefusesASerialThatIsNoFileName) {
  const TemporaryFolder station;
  auto run = two_modules(station);
  run.modules[1].serial = "../B2";

  EXPECT_THROW(write_new_run(run), std::runtime_error);
  EXPECT_FALSE(std::filesystem::exists(station / "runs"));
}

/// False when `work` came to its end before that many stops at system calls.
bool killed_at(int stops, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  for (int i = 0; i < stops; ++i) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
      return false;
    }
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return true;
}

void expect_whole_runs(const TemporaryFolder& station) {
  for (const int run : run_numbers(station / "runs")) {
    const auto json = Json::parse(read_text(station / "runs" / "run" / (run_name(run) + ".json")));
    EXPECT_THAT(keys_of(json), ElementsAre("A 1", "B2", "comment", "date"));
    for (const char* serial : {"A 1", "B2"}) {
      const auto module = Json::parse(read_text(station / json[serial].get<std::string>()));
      EXPECT_EQ(module["DEggSerialNumber"], serial);
    }
  }
}

TEST(NewRun, IsWholeOrNotThereAtWhateverCallItIsKilled) {
  int kills = 0;
  int numbers_left_out = 0;
  for (int stops = 0; stops < 1000; ++stops, ++kills) {
    const TemporaryFolder station;
    const auto run = two_modules(station);
    if (!killed_at(stops, [&] { write_new_run(run); })) {
      break;
    }
    expect_whole_runs(station);
    const auto before = run_numbers(station / "runs");

    const auto next = write_new_run(run);

    expect_whole_runs(station);
    const bool left_out = next.run != static_cast<int>(before.size()) + 1;
    numbers_left_out += left_out ? 1 : 0;
    EXPECT_EQ(left_out, !next.remarks.empty());
    if (left_out) {
      EXPECT_THAT(next.remarks.front(), HasSubstr("run_00001 belongs to no run"));
    }
  }
  EXPECT_GT(kills, 30);
  EXPECT_LT(kills, 1000);
  EXPECT_GT(numbers_left_out, 0);
}

TEST(ModuleJsonText, HasTheOriginalsKeysInTheOriginalsOrder) {
  const auto json = Json::parse(module_json_text({{"DEggSerialNumber", "DEgg2021-3-133"},
                                                  {"UpperPmt.HV1e7Gain", "1487.5"},
                                                  {"fpgaVersion", "272"}},
                                                 {.host = "127.0.0.1", .port = 5003}));

  EXPECT_THAT(keys_of(json),
              ElementsAre("DEggSerialNumber",
                          "UpperGlassSerialNumber",
                          "LowerGlassSerialNumber",
                          "UpperGlass",
                          "LowerGlass",
                          "UpperPmt",
                          "LowerPmt",
                          "PenetratorType",
                          "PenetratorNumber",
                          "SealingDate",
                          "ArrivalDate",
                          "flashID",
                          "ICMID",
                          "fpgaVersion",
                          "IcebootVersion",
                          "BoxNumber",
                          "Port",
                          "ICM",
                          "FlasherID",
                          "MainboardNumber",
                          "ElectricalInspectionNME",
                          "FlasherNumber",
                          "CameraNumber",
                          "Constants"));
  EXPECT_THAT(keys_of(json["LowerPmt"]),
              ElementsAre("SerialNumber",
                          "HVB",
                          "HV1e7Gain",
                          "HV1e7GainDefault",
                          "BaselineFilename",
                          "SPEPeakHeight"));
  EXPECT_EQ(json["UpperPmt"]["HV1e7Gain"], 1487.5);
  EXPECT_EQ(json["LowerPmt"]["HV1e7Gain"], -1);
  EXPECT_EQ(json["Port"], 5003);
  EXPECT_TRUE(json["fpgaVersion"].is_number_integer());
  EXPECT_EQ(json["Constants"]["DacValue"], 30000);
}

TEST(ModuleJsonText, LeavesOutAPortAndAnFpgaThatThereAreNot) {
  const auto json = Json::parse(module_json_text({}, {.host = "slot3", .port = 0}));

  EXPECT_FALSE(json.contains("Port"));
  EXPECT_FALSE(json.contains("fpgaVersion"));
  EXPECT_EQ(json["Host"], "slot3");
}

std::string refusal_of(const NewRun& run) {
  try {
    write_new_run(run);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no refusal";
}

TEST(NewRun, IsWrittenByOneAtATime) {
  const TemporaryFolder station;
  write_new_run(two_modules(station));
  const int other = ::open((station / "runs").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);

  EXPECT_THAT(refusal_of(two_modules(station)), HasSubstr("another new run is being written in"));

  ::close(other);
  EXPECT_THAT(run_numbers(station / "runs"), ElementsAre(1));
  EXPECT_EQ(write_new_run(two_modules(station)).run, 2);
}

TEST(NewRun, HasNoNumberAfterTheLast) {
  const TemporaryFolder station;
  auto run = two_modules(station);
  run.after = 999'999;

  EXPECT_THAT(refusal_of(run), HasSubstr("there is no run number after 999999"));
  EXPECT_THAT(run_numbers(station / "runs"), IsEmpty());
}

}  // namespace
}  // namespace fat

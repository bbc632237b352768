// The run that a virtual station writes for itself.
#include "fat/sim/virtual_run.hpp"

#include <fstream>
#include <system_error>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "fat/sim/module_identity.hpp"
#include "sim/temp_folder.hpp"

namespace fat {
namespace {

using ::testing::ElementsAre;
using Json = nlohmann::ordered_json;

class VirtualRunTest : public ::testing::Test {
 protected:
  static Json read(const std::filesystem::path& file) {
    std::ifstream stream{file};
    return Json::parse(stream);
  }

  TempFolder folder_;
  VirtualRun run_{.station_folder = folder_.path(),
                  .runs_folder = folder_.path() / "runs",
                  .run = 12,
                  .comment = "demo",
                  .date = "2026-11-21",
                  .seed = 3,
                  .ports = {40001, 40002}};
};

TEST_F(VirtualRunTest, NamesEveryModuleThenCommentAndDate) {
  const auto file = write_virtual_run(run_);

  EXPECT_EQ(file, folder_.path() / "runs/run/run_00012.json");
  const auto json = read(file);
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) {
    keys.push_back(key);
  }
  EXPECT_THAT(keys, ElementsAre("DEgg2021-3-101", "DEgg2021-3-102", "comment", "date"));
  EXPECT_EQ(json["DEgg2021-3-101"], "runs/run_00012/DEgg2021-3-101.json");
  EXPECT_EQ(json["comment"], "VIRTUAL: demo");
}

TEST_F(VirtualRunTest, WritesModulesWithTheKernelsPortsAndTheirOwnIds) {
  write_virtual_run(run_);

  const auto json = read(folder_.path() / "runs/run_00012/DEgg2021-3-102.json");
  EXPECT_EQ(json["Port"], 40002);
  EXPECT_EQ(json["ICMID"], module_identity(3, 1).icm_id);
  EXPECT_EQ(json["fpgaVersion"], 272);
  EXPECT_EQ(json["Constants"]["DacValue"], 30000);
  EXPECT_GT(json["LowerPmt"]["HV1e7Gain"].get<double>(), 1000);
}

TEST_F(VirtualRunTest, NeverOverwritesARun) {
  write_virtual_run(run_);

  EXPECT_THROW(write_virtual_run(run_), std::system_error);
}

}  // namespace
}  // namespace fat

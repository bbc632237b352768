// `fatmaster plan` on a schedule that names channels.
#include <gmock/gmock.h>

#include "cli/command_run.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kHeatedStation = R"([station]
name = bench
time_zone = UTC
[device supply]
kind = rigol_dp900
link = tcp localhost:1
[channel heater]
instrument = supply
quantity = output 1
[channel voltage]
instrument = supply
quantity = voltage_setpoint 1
[channel power]
instrument = supply
quantity = power 1
[safe_state]
steps = off
[off]
task = set_channel
set = heatr off
)";

class StepChannelsTest : public testing::Test {
 protected:
  StepChannelsTest() {
    write_text(folder_ / "station.ini", kHeatedStation);
    write_text(folder_ / "runs/run/run_00001.json", "{}");
  }

  CommandRun plan(const std::string& steps) const {
    write_text(folder_ / "s.ini",
               "[constants]\nrun_file = runs/run/run_00001.json\nmin_modules = 0\n" + steps);
    return run_words(folder_.path(), {"plan", (folder_ / "s.ini").string()});
  }

  TemporaryFolder folder_;
};

TEST_F(StepChannelsTest, AreCheckedBeforeTheStart) {
  const auto result = plan(
      "[on]\ntask = set_channel\nset = voltage 40 V, heater on\nconfirm = powr in [1, ] W\n"
      "otherwise = power 0 W\n"
      "[warm]\ntask = wait_for_channel\nuntil = power in [1, ] V\n"
      "[odd]\ntask = wait_for_channel\nuntil = power above 3 W\n");

  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("s.ini:6: 'set' in [on]: voltage can be set from 0 to 32 V"));
  EXPECT_THAT(result.err,
              HasSubstr("s.ini:7: 'confirm' in [on]: station.ini has no [channel powr]; did you "
                        "mean 'power'?"));
  EXPECT_THAT(result.err, HasSubstr("'otherwise' in [on]: power can only be read"));
  EXPECT_THAT(result.err, HasSubstr("power is in W, not in 'V'"));
  EXPECT_THAT(result.err, HasSubstr("'until' in [odd]: it should be such as"));
  EXPECT_THAT(result.err, HasSubstr("'set' in [off]: station.ini has no [channel heatr]"));
}

TEST_F(StepChannelsTest, PassWhenTheyAreThere) {
  const auto result =
      plan("[on]\ntask = set_channel\nset = voltage 30 V, heater on\nconfirm = power in [1, ] W\n");

  EXPECT_THAT(result.err, Not(HasSubstr("[on]"))) << result.err;
}

}  // namespace
}  // namespace fat

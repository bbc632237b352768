// Bytes in, bytes out: the board's framing, its words, its faults; time is an argument.
#include "sim/virtual_module.hpp"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class VirtualModuleTest : public ::testing::Test {
 protected:
  static std::string ask(VirtualModule& module, const std::string& line, Microseconds now = 0us) {
    module.receive(line + "\r\n", now);
    return module.take_output(now);
  }

  static double fourth_word(const std::string& reply) {
    std::istringstream words{reply.substr(reply.find('\n') + 1)};
    std::string skipped;
    double value = 0;
    words >> skipped >> skipped >> skipped >> value;
    return value;
  }

  std::shared_ptr<BenchModel> bench_ = std::make_shared<BenchModel>(1, 1);
  VirtualModule module_{module_identity(1, 0), {}, bench_};
};

TEST_F(VirtualModuleTest, EndsASilentCommandWithTheEchosOwnLineEnd) {
  EXPECT_EQ(ask(module_, "true setecho"), "true setecho\r\n> ");
}

TEST_F(VirtualModuleTest, PrintsAnAnswerBetweenEchoAndPrompt) {
  EXPECT_EQ(ask(module_, "fpgaVersion .s drop"), "fpgaVersion .s drop\r\n<1> 272 \r\n> ");
}

TEST_F(VirtualModuleTest, AnswersTheWholeSessionStart) {
  EXPECT_EQ(ask(module_, "boot"), "boot\r\n> ");
  EXPECT_EQ(ask(module_, "disableLogOutput"), "disableLogOutput\r\n1\r\n> ");
  EXPECT_EQ(ask(module_, "disableLogOutput"), "disableLogOutput\r\n0\r\n> ");
  EXPECT_EQ(ask(module_, "sdrop"), "sdrop\r\n> ");
  EXPECT_THAT(ask(module_, "getBoardType .s drop"), HasSubstr("\r\n<1> 113 \r\n> "));
  EXPECT_THAT(ask(module_, "softwareVersion .s drop"), HasSubstr("\r\n<1> 62 \r\n> "));
  EXPECT_THAT(ask(module_, "printSoftwareId"), HasSubstr("iceboot"));
}

TEST_F(VirtualModuleTest, AssemblesALineThatArrivesByteByByte) {
  for (const char byte : std::string{"icmID\r"}) {
    module_.receive({&byte, 1}, 0us);
  }
  EXPECT_EQ(module_.take_output(0us), "");
  module_.receive("\n", 0us);

  EXPECT_THAT(module_.take_output(0us), MatchesRegex("icmID\r\n[0-9a-f]{16}\r\n> "));
}

TEST_F(VirtualModuleTest, LosesItsImageOnRebootAndAnswersNothing) {
  EXPECT_EQ(ask(module_, "reboot"), "");
  EXPECT_EQ(ask(module_, "fpgaVersion .s drop", 1s), "");

  EXPECT_THAT(ask(module_, "fpgaVersion .s drop", 3s), HasSubstr("<1> 65535 "));
  EXPECT_THAT(ask(module_, "7 sloAdcReadChannel", 3s), HasSubstr("sloAdcReadChannel: FAIL"));
}

TEST_F(VirtualModuleTest, LoadsTheImageThatItsFlashListsLast) {
  ask(module_, "reboot");
  const auto listing = ask(module_, "flashLS", 3s);
  std::istringstream lines{listing};
  std::string line, last;
  while (std::getline(lines, line) && line != "> ") {
    last = line;
  }
  std::istringstream columns{last};
  std::string index, name;
  columns >> index >> name;

  EXPECT_EQ(ask(module_, "s\" " + name + "\" flashConfigureFPGA", 3s),
            "s\" " + name + "\" flashConfigureFPGA\r\n> ");
  EXPECT_THAT(ask(module_, "fpgaVersion .s drop", 3s), HasSubstr("<1> 272 "));
}

TEST_F(VirtualModuleTest, RampsTheHighVoltageAtFiftyVoltsASecond) {
  ask(module_, "0 enableHV", 0s);
  ask(module_, "0 1500 setDEggHV", 0s);

  EXPECT_NEAR(fourth_word(ask(module_, "8 sloAdcReadChannel", 10s)), 500, 5);
  EXPECT_NEAR(fourth_word(ask(module_, "8 sloAdcReadChannel", 60s)), 1500, 5);
  EXPECT_NEAR(fourth_word(ask(module_, "10 sloAdcReadChannel", 60s)), 0, 5);
  ask(module_, "0 disableHV", 60s);
  EXPECT_NEAR(fourth_word(ask(module_, "8 sloAdcReadChannel", 90s)), 0, 5);
}

TEST_F(VirtualModuleTest, RefusesAVoltageWhileHighVoltageIsOff) {
  EXPECT_THAT(ask(module_, "0 1500 setDEggHV"), HasSubstr("ERROR HV not enabled"));
}

TEST_F(VirtualModuleTest, ListsAllSixteenSlowChannels) {
  const auto reply = ask(module_, "sloAdcReadAll");

  EXPECT_EQ(std::count(reply.begin(), reply.end(), '\n'), 17);
  EXPECT_THAT(reply, HasSubstr("\r\nchannel  7 TEMPERATURE"));
}

TEST_F(VirtualModuleTest, PrintsThePressureAsAFirstWord) {
  EXPECT_THAT(ask(module_, "getPressure printPressure"),
              MatchesRegex("getPressure printPressure\r\n[0-9.]+ hPa\r\n> "));
}

TEST_F(VirtualModuleTest, AnswersTheWordsOfSensorsClockFlashAndCalibration) {
  EXPECT_THAT(ask(module_, "getAccelerationXYZ"), HasSubstr("\r\n(0."));
  EXPECT_THAT(ask(module_, "getBFieldTemperature printSensorsTemperature"), HasSubstr("21.50"));
  EXPECT_THAT(ask(module_, "domClock .s drop drop", 20s), HasSubstr("<2> 505032704 1 "));
  EXPECT_EQ(ask(module_, "20000 setFlasherBias"), "20000 setFlasherBias\r\n> ");
  EXPECT_EQ(ask(module_, "1 setFlasherMask"), "1 setFlasherMask\r\n> ");
  EXPECT_THAT(ask(module_, "10 100 icmStartCalTrig"), HasSubstr("\r\n0x"));
  EXPECT_THAT(ask(module_, "s\" nothing\" flashRemove"), HasSubstr("Error: no such file"));
  EXPECT_EQ(ask(module_, "flashClear"), "flashClear\r\n> ");
  EXPECT_THAT(ask(module_, "nonsense"), HasSubstr("Error: unknown word: 'nonsense'"));
}

TEST_F(VirtualModuleTest, GivesALateReplyInFullBeforeTheNextOne) {
  module_.inject({.fault = LinkFault::Late, .delay = 2s});

  EXPECT_EQ(ask(module_, "icmID", 0s), "");
  EXPECT_EQ(ask(module_, "softwareVersion .s drop", 1s), "");
  EXPECT_EQ(module_.next_due(), 2s);
  const auto late = module_.take_output(2s);
  EXPECT_THAT(late, StartsWith("icmID\r\n"));
  EXPECT_THAT(late, HasSubstr("> softwareVersion .s drop\r\n<1> 62 \r\n> "));
}

TEST_F(VirtualModuleTest, SpoilsExactlyTheLinesThatWereAskedFor) {
  module_.inject({.fault = LinkFault::HalfReply, .skip = 1, .times = 1});

  EXPECT_EQ(ask(module_, "sdrop"), "sdrop\r\n> ");
  EXPECT_EQ(ask(module_, "sdrop"), "sdro");
  EXPECT_EQ(ask(module_, "sdrop"), "sdrop\r\n> ");
}

TEST_F(VirtualModuleTest, HangsUpInsteadOfAnswering) {
  module_.inject({.fault = LinkFault::Close});

  EXPECT_EQ(ask(module_, "sdrop"), "");
  EXPECT_TRUE(module_.hangs_up());
  EXPECT_FALSE(module_.hangs_up());
}

TEST_F(VirtualModuleTest, DumpsAsManyWordsAsItWasAskedFor) {
  const auto reply = ask(module_, "16 100 dumpFPGA");

  EXPECT_EQ(reply.size(), std::string{"16 100 dumpFPGA\r\n"}.size() + 200 + 4);
  EXPECT_TRUE(reply.ends_with("\r\n> "));
  EXPECT_EQ(reply.substr(17, 198), ask(module_, "16 99 dumpDDR3").substr(16, 198));
  EXPECT_THAT(ask(module_, "0 -1 dumpFPGA"), HasSubstr("ERROR"));
}

TEST_F(VirtualModuleTest, ACameraSendsItsPictureOnlyWithPower) {
  EXPECT_THAT(ask(module_, "1000 sendCameraImage"), HasSubstr("ERROR camera has no power"));
  ask(module_, "1 setCalibrationSlavePowerMask enableCalibrationPower");

  const auto raw = ask(module_, "1000 sendCameraImage");
  const auto zipped = ask(module_, "9000 sendGZCameraImage");

  EXPECT_EQ(raw.size(), std::string{"1000 sendCameraImage\r\n"}.size() + 1000 + 2);
  const auto pieces = zipped.substr(std::string{"9000 sendGZCameraImage\r\n"}.size());
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(pieces[0]) |
                                               static_cast<unsigned char>(pieces[1]) << 8U);
  EXPECT_EQ(pieces.substr(2, 2), "\x1f\x8b");  // gzip
  EXPECT_EQ(pieces.substr(2 + length), "\xff\xff> ");
  ask(module_, "disableCalibrationPower");
  EXPECT_THAT(ask(module_, "getCameraID"), HasSubstr("ERROR"));
}

TEST_F(VirtualModuleTest, ListsAndPrintsTheFilesOfItsFlash) {
  const auto image = ask(module_, "s\" degg_fw_v0x10f.rbf.gz\" flashCat");

  EXPECT_GT(image.size(), 2'214'400U);
  EXPECT_THAT(ask(module_, "s\" other\" flashCat"), HasSubstr("no such file"));
}

TEST_F(VirtualModuleTest, AnUploadThatIsGivenUpLeavesAPrompt) {
  EXPECT_EQ(ask(module_, "s\" new.rbf\" ymodemFlashUpload"),
            "s\" new.rbf\" ymodemFlashUpload\r\nC");
  module_.receive("\x18", 0us);

  EXPECT_THAT(module_.take_output(0us), HasSubstr("ERROR upload\r\n> "));
  EXPECT_EQ(ask(module_, "true setecho"), "true setecho\r\n> ");
}

TEST_F(VirtualModuleTest, AClockComparisonComesUnasked) {
  bench_->modules.at(0).rapcals += 1;
  ASSERT_EQ(module_.next_due(), 0us);

  const auto told = module_.take_output(0us);

  EXPECT_EQ(told.size(), 284U);
  EXPECT_TRUE(told.starts_with("RC"));
  EXPECT_EQ(module_.next_due(), std::nullopt);
  bench_->modules.at(0).dead = true;
  bench_->modules.at(0).rapcals += 1;
  EXPECT_EQ(module_.next_due(), std::nullopt);
}

}  // namespace
}  // namespace fat

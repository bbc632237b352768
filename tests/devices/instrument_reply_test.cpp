// Texts of instruments -> values, good and bad.
#include <gmock/gmock.h>

#include "devices/field_hub_controller.hpp"
#include "devices/filter_wheel.hpp"
#include "devices/humidity_command.hpp"
#include "devices/julabo_freezer.hpp"
#include "devices/lutron_thermometer.hpp"
#include "devices/reply_value.hpp"
#include "devices/scpi_reply.hpp"

namespace fat {
namespace {

TEST(ScpiReply, KnowsNumbersAsInstrumentsWriteThem) {
  EXPECT_EQ(parse_scpi_number("+1.0000000000000E+03"), 1000);
  EXPECT_EQ(parse_scpi_number("-2.5\r"), -2.5);
  for (const char* text : {"", "9.9E+37", "+-1", "1 V", "nan", "ON"}) {
    EXPECT_EQ(parse_scpi_number(text), std::nullopt) << text;
  }
  EXPECT_THAT(parse_scpi_numbers("1.5, 2,3", 3).value(), ::testing::ElementsAre(1.5, 2, 3));
  EXPECT_EQ(parse_scpi_numbers("1,2", 3), std::nullopt);
  EXPECT_EQ(parse_scpi_numbers("1,2,3,4", 3), std::nullopt);
}

TEST(ScpiReply, KnowsBooleansErrorsAndIdentities) {
  EXPECT_EQ(parse_scpi_boolean("ON"), true);
  EXPECT_EQ(parse_scpi_boolean("0"), false);
  EXPECT_EQ(parse_scpi_boolean("10"), std::nullopt);
  EXPECT_EQ(parse_scpi_error("+0,\"No error\"")->code, 0);
  EXPECT_EQ(parse_scpi_error("-113,\"Undefined header; keyword cannot be found\"")->code, -113);
  EXPECT_EQ(parse_scpi_error("-113"), std::nullopt);
  EXPECT_EQ(parse_scpi_error("1.5,\"x\""), std::nullopt);
  EXPECT_TRUE(is_scpi_identity("TEKTRONIX,AFG3101,C100101,SCPI:99.0 FV:1.0"));
  EXPECT_FALSE(is_scpi_identity("1000"));
}

TEST(LutronFrame, IsSixteenBytesOfTheReference) {
  const auto frame = parse_lutron_frame(
      "\x02"
      "41010100000234\r");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->channel, 1);
  EXPECT_DOUBLE_EQ(frame->celsius, 23.4);
  EXPECT_DOUBLE_EQ(parse_lutron_frame("\x02"
                                      "43011100000395\r")
                       ->celsius,
                   -39.5);
  EXPECT_DOUBLE_EQ(parse_lutron_frame("\x02"
                                      "42020100000500\r")
                       ->celsius,
                   10);
}

TEST(LutronFrame, IsNothingElse) {
  for (const char* text : {"",
                           "\x02"
                           "45010100000234\r",
                           "\x02"
                           "410101000002x4\r",
                           "\x02"
                           "41030100000234\r",
                           "\x02"
                           "41012100000234\r",
                           "\x02"
                           "41010900000234\r",
                           "\x02"
                           "41010100099999\r",
                           "\x02"
                           "4101010000023\r"}) {
    EXPECT_FALSE(parse_lutron_frame(text)) << text;
  }
}

TEST(JulaboReply, IsANumberOrAStatus) {
  EXPECT_EQ(parse_julabo_number("\x11 -12.50\r"), -12.5);
  EXPECT_EQ(parse_julabo_number("---.--"), std::nullopt);
  EXPECT_EQ(parse_julabo_status("03 REMOTE START"), 3);
  EXPECT_EQ(parse_julabo_status("-08 INVALID COMMAND"), -8);
  EXPECT_EQ(parse_julabo_status("03 REMOT\xba START"), std::nullopt);
  EXPECT_EQ(parse_julabo_status("21.50"), std::nullopt);
  EXPECT_EQ(parse_julabo_status("30"), std::nullopt);
}

TEST(HumidityOutput, IsTheNumbersOfItsFirstLine) {
  EXPECT_EQ(parse_humidity("RH: 41.5 %\n99", {})->percent, 41.5);
  EXPECT_EQ(parse_humidity("23.1 41.5", {2, 1})->celsius, 23.1);
  EXPECT_FALSE(parse_humidity("141.5", {}));
  EXPECT_FALSE(parse_humidity("41.5", {1, 2}));
  EXPECT_FALSE(parse_humidity("", {}));
}

TEST(FieldHubReply, IsAnObjectWithAStatus) {
  EXPECT_EQ(parse_field_hub_reply(R"({"status":"OK","value":[0,1,8]})")->value, "0 1 8");
  EXPECT_EQ(parse_field_hub_reply(R"({"status":"OK","value":"0x10"})")->value, "0x10");
  EXPECT_EQ(parse_field_hub_reply(R"({"status":"?NOCONN"})")->status, "?NOCONN");
  for (const char* text : {"", "[]", "{}", R"({"status":3})", R"({"status":"OK")"}) {
    EXPECT_FALSE(parse_field_hub_reply(text)) << text;
  }
}

TEST(WheelNumber, IsSmallAndWhole) {
  EXPECT_EQ(parse_wheel_number("3"), 3);
  for (const char* text : {"", "3.5", "-1", "1001", "x"}) {
    EXPECT_EQ(parse_wheel_number(text), std::nullopt) << text;
  }
}

TEST(ReplyValue, IsAValueARefusalInWordsOrNeither) {
  EXPECT_EQ(read_julabo("-12.50\r").value, -12.5);
  EXPECT_EQ(read_julabo("-15 EXT SENSOR\r").refusal, "-15 EXT SENSOR");
  EXPECT_EQ(require_julabo_remote("00 MANUAL STOP").refusal,
            "it is at \"00 MANUAL STOP\": switch it to remote control on its panel");
  EXPECT_EQ(require_julabo_remote("-01 LOW LEVEL").refusal,
            "it is at \"-01 LOW LEVEL\": mend that first");
  EXPECT_EQ(read_mks("LO<E-11").refusal, "below its range");
  EXPECT_EQ(read_mks("7.60E+02").value, 760);
  EXPECT_EQ(keithley_field("1,2,3,4,5", 1).value, 2);
  for (const auto* const none : {"1,2,3,4", "1,2,3,4,x", "1,2,3,4,5,6"}) {
    EXPECT_FALSE(keithley_field(none, 1).value) << none;
    EXPECT_EQ(keithley_field(none, 1).refusal, "") << none;
  }
}

}  // namespace
}  // namespace fat

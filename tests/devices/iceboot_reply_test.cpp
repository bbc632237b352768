// Replies of iceboot, good, bad and hostile.
#include "devices/iceboot_reply.hpp"

#include <gmock/gmock.h>

#include "devices/session.hpp"
#include "sim/random.hpp"

namespace fat {
namespace {

TEST(StackNumber, IsOneIntegerWithItsSpaces) {
  EXPECT_EQ(parse_stack_number("<1> 272 "), 272);
  EXPECT_EQ(parse_stack_number("<1> -3 "), -3);
}

TEST(StackNumber, IsNothingElse) {
  for (const char* text : {"",
                           "<1>",
                           "<1> ",
                           "<0> ",
                           "<2> 1 2 ",
                           "<1> 272",
                           "272",
                           "<1> 27x ",
                           "<1> 2 7 ",
                           "<1>  2 "}) {
    EXPECT_EQ(parse_stack_number(text), std::nullopt) << text;
  }
}

TEST(SlowAdc, TakesTheFourthWordAndItsUnit) {
  const auto reading =
      parse_slow_adc("channel  3 LVS_SLO_IMON_2V5                    0 mA    SATURATED");

  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->value, 0);
  EXPECT_EQ(reading->unit, "mA");
}

TEST(SlowAdc, NeedsFiveWordsAndANumber) {
  EXPECT_FALSE(parse_slow_adc("channel 3 LVS_SLO_IMON_2V5 12"));
  EXPECT_FALSE(parse_slow_adc("channel 3 LVS_SLO_IMON_2V5 nan mA"));
  EXPECT_FALSE(parse_slow_adc("chan\xffnel 3 LVS_SLO_IMON_2V5 12 mA"));
}

TEST(FlashTable, GivesTheLastRowsName) {
  EXPECT_EQ(parse_newest_file("Name Size\r\n---- ----\r\na.rbf 1\r\nb.rbf 2"), "b.rbf");
  EXPECT_EQ(parse_newest_file("Index Size Name\r\n-\r\n0 12 a.rbf"), "a.rbf");
  EXPECT_EQ(parse_newest_file("Name Size\r\n---- ----"), "");
}

TEST(FlashTable, IsNotGuessedFromAnotherText) {
  EXPECT_EQ(parse_newest_file(""), std::nullopt);
  EXPECT_EQ(parse_newest_file("File Size\r\n-\r\na 1"), std::nullopt);
  EXPECT_EQ(parse_newest_file("Name Size\r\n-\r\na 1 extra"), std::nullopt);
  EXPECT_EQ(parse_newest_file("Name Size\r\n-\r\na\"x 1"), std::nullopt);
  EXPECT_EQ(parse_newest_file("Name Size\r\n-\r\na\rx 1"), std::nullopt);
}

TEST(Refusal, IsWhatBoardsAndSensorsPrint) {
  EXPECT_TRUE(is_refusal("Error: unknown word: 'x'"));
  EXPECT_TRUE(is_refusal("ERROR 17"));
  EXPECT_TRUE(is_refusal("sloAdcReadChannel: FAIL"));
  EXPECT_FALSE(is_refusal("<1> 272 "));
}

TEST(Escaped, ShowsEveryByteAndCutsLongText) {
  EXPECT_EQ(escaped("a\r\n\x01\xff"), "a\\r\\n\\x01\\xff");
  EXPECT_THAT(escaped(std::string(5000, 'x')), ::testing::EndsWith("... (5000 bytes)"));
}

TEST(Replies, SurviveRandomBytes) {
  Random random{5};
  const std::string_view alphabet{"<1> -e.\r\n\tNameSize\"\0\xff", 21};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto length = random.next() % 40; length > 0; --length) {
      text += alphabet[random.next() % alphabet.size()];
    }
    for (const auto form :
         {is_nothing, is_stack_number, is_one_line, is_slow_adc, is_flash_table}) {
      form(text);
    }
    escaped(text);
  }
}

}  // namespace
}  // namespace fat

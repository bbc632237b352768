// Texts with and without units -> values.
#include "fat/model/quantity.hpp"

#include <string>

#include <gtest/gtest.h>

namespace fat {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

TEST(ParseDuration, TakesNumbersWithAUnit) {
  EXPECT_EQ(parse_duration("90 min"), minutes{90});
  EXPECT_EQ(parse_duration("1.5 h"), minutes{90});
  EXPECT_EQ(parse_duration("250 ms"), milliseconds{250});
  EXPECT_EQ(parse_duration("7us"), Microseconds{7});
  EXPECT_EQ(parse_duration("2 d"), days{2});
  EXPECT_EQ(parse_duration("30 sec"), seconds{30});
  EXPECT_EQ(parse_duration("30 seconds"), seconds{30});
  EXPECT_EQ(parse_duration("1 minute"), minutes{1});
  EXPECT_EQ(parse_duration("3 hours"), hours{3});
  EXPECT_EQ(parse_duration("0 s"), seconds{0});
}

TEST(ParseDuration, AddsUpPartsFromLargeToSmall) {
  EXPECT_EQ(parse_duration("1 h 30 min"), minutes{90});
  EXPECT_EQ(parse_duration("1h30min"), minutes{90});
  EXPECT_EQ(parse_duration("1 day 2 hours 3 minutes 4 s"), hours{26} + minutes{3} + seconds{4});
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const std::string text : {"",
                                 " ",
                                 "90",
                                 "min",
                                 "-5 min",
                                 "+5 min",
                                 "5 m",
                                 "5 weeks",
                                 "1e3 s",
                                 "nan s",
                                 "30 min 1 h",
                                 "5 s 5 s",
                                 "1 h 30",
                                 "5 min x",
                                 "11 years",
                                 "3653 d",
                                 "1..5 h",
                                 ". s",
                                 "99999999999999999999 d",
                                 "5 MIN",
                                 "5  min  ,"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_duration(std::string(1'000'000, '9') + " s"), std::nullopt);
}

TEST(ParseBool, TakesTheFourPairsInAnyCase) {
  for (const std::string text : {"true", "Yes", "ON", "1"}) {
    EXPECT_EQ(parse_bool(text), true) << text;
  }
  for (const std::string text : {"False", "no", "off", "0"}) {
    EXPECT_EQ(parse_bool(text), false) << text;
  }
  for (const std::string text : {"", "2", "y", "truee", " true"}) {
    EXPECT_EQ(parse_bool(text), std::nullopt) << text;
  }
}

TEST(ParseInteger, TakesWholeNumbersOnly) {
  EXPECT_EQ(parse_integer("-12"), -12);
  EXPECT_EQ(parse_integer("+12"), 12);
  EXPECT_EQ(parse_integer("9223372036854775807"), 9223372036854775807LL);
  for (const std::string text :
       {"", "+", "-", "+-1", "--1", "1.0", "0x10", " 1", "1 ", "9223372036854775808"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
}

TEST(ParseNumber, TakesFiniteNumbersOnly) {
  EXPECT_EQ(parse_number("-40.5"), -40.5);
  EXPECT_EQ(parse_number("1e3"), 1000);
  EXPECT_EQ(parse_number("+2"), 2);
  for (const std::string text :
       {"", "nan", "inf", "-inf", "1e999", "1,5", "0x10", "1 ", " 1", "1V", "+-1", "++1"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(ParseQuantity, SplitsNumberAndUnit) {
  const auto expect = [](const std::string& text, double value, const std::string& unit) {
    const auto quantity = parse_quantity(text);
    ASSERT_TRUE(quantity) << text;
    EXPECT_EQ(quantity->value, value) << text;
    EXPECT_EQ(quantity->unit, unit) << text;
  };
  expect("-40 degC", -40, "degC");
  expect("1500V", 1500, "V");
  expect("+5", 5, "");
  expect("2.5 m/s2", 2.5, "m/s2");
  expect(
      "3 \xC2\xB0"
      "C",
      3,
      "\xC2\xB0"
      "C");
}

TEST(ParseQuantity, RefusesEverythingElse) {
  for (const std::string text : {"",
                                 "V",
                                 "nan V",
                                 "inf",
                                 "5 ",
                                 "5 6",
                                 "5 V V",
                                 "1.2.3",
                                 "5 -V",
                                 "1e999 V",
                                 " 5 V",
                                 "5 a,b"}) {
    EXPECT_FALSE(parse_quantity(text)) << text;
  }
  EXPECT_FALSE(parse_quantity("5 " + std::string(1000, 'V')));
}

}  // namespace fat

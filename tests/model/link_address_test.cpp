#include "fat/model/link_address.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using ::testing::HasSubstr;

TEST(ParseLink, ReadsEveryKindAndWritesItTheSame) {
  for (const char* text : {"tcp 10.0.0.5:5025",
                           "prologix 10.25.124.252:1234 10",
                           "zmq localhost:6000",
                           "serial /dev/ttyUSB0 4800 7E1 rtscts",
                           "serial /dev/ttyUSB0 115200 8N1",
                           "command usbrh -1 'a b'"}) {
    const auto parsed = parse_link(text);
    ASSERT_TRUE(parsed.address) << text << parsed.problem;
    EXPECT_EQ(to_text(*parsed.address), text);
  }
}

TEST(ParseLink, TakesNineThousandSixHundred8N1WhenNothingElseIsSaid) {
  EXPECT_EQ(parse_link("serial /dev/ttyS0").address->serial, SerialSettings{});
}

TEST(ParseLink, SaysWhatARightOneLooksLike) {
  EXPECT_THAT(parse_link("").problem, HasSubstr("empty"));
  EXPECT_THAT(parse_link("tpc 10.0.0.5:1").problem, HasSubstr("did you mean 'tcp'?"));
  EXPECT_THAT(parse_link("tcp 10.0.0.5").problem, HasSubstr("HOST:PORT"));
  EXPECT_THAT(parse_link("tcp a:70000").problem, HasSubstr("HOST:PORT"));
  EXPECT_THAT(parse_link("tcp :5").problem, HasSubstr("HOST:PORT"));
  EXPECT_THAT(parse_link("prologix 10.0.0.5:1234").problem, HasSubstr("GPIB address"));
  EXPECT_THAT(parse_link("prologix 10.0.0.5:1234 31").problem, HasSubstr("0 to 30"));
  EXPECT_THAT(parse_link("serial").problem, HasSubstr("/dev/serial/by-id"));
  EXPECT_THAT(parse_link("serial /dev/ttyS0 8X1").problem, HasSubstr("8X1"));
  EXPECT_THAT(parse_link("command").problem, HasSubstr("program"));
  EXPECT_THAT(parse_link("command 'x").problem, HasSubstr("quote"));
}

}  // namespace
}  // namespace fat

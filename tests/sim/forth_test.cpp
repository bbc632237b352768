// The Forth of the virtual modules, without a wire.
#include "sim/forth.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using ::testing::HasSubstr;

TEST(Forth, PrintsDepthAndValuesWithASpaceAfterEach) {
  Forth forth;

  EXPECT_EQ(forth.interpret("1 22 -3 .s"), "<3> 1 22 -3 \r\n");
}

TEST(Forth, PrintsTheEmptyStackAsDepthZero) {
  Forth forth;

  EXPECT_EQ(forth.interpret("1 2 sdrop .s"), "<0> \r\n");
}

TEST(Forth, KeepsTheStackFromLineToLine) {
  Forth forth;

  forth.interpret("true false");

  EXPECT_EQ(forth.interpret("drop .s"), "<1> 1 \r\n");
}

TEST(Forth, SaysAnUnknownWordAndStopsTheLine) {
  Forth forth;

  EXPECT_EQ(forth.interpret("bogus 5 .s"), "Error: unknown word: 'bogus'\r\n");
}

TEST(Forth, SaysAnEmptyStack) {
  Forth forth;

  EXPECT_EQ(forth.interpret("drop"), "Error: stack underflow\r\n");
}

TEST(Forth, SaysAFullStackAndALongLine) {
  Forth forth;
  std::string many;
  for (int i = 0; i < 300; ++i) {
    many += "1 ";
  }

  EXPECT_EQ(forth.interpret(many), "Error: stack overflow\r\n");
  EXPECT_EQ(forth.interpret(std::string(2000, 'x')), "Error: line too long\r\n");
}

TEST(Forth, PushesAStringWithSpacesInIt) {
  Forth forth;
  std::string seen;
  forth.define("take", [&](Forth& words) { seen = words.pop_text(); });

  EXPECT_EQ(forth.interpret("s\" a b\" take"), "");
  EXPECT_EQ(seen, "a b");
}

TEST(Forth, SurvivesEveryShortLineOfHostileBytes) {
  Forth forth;
  for (int first = 0; first < 256; ++first) {
    for (const char* rest : {"", "\"", " s\"", " .s", "0x", "-"}) {
      forth.interpret(static_cast<char>(first) + std::string{rest});
    }
  }

  EXPECT_THAT(forth.interpret("s\" open"), HasSubstr("unterminated"));
}

TEST(Forth, ComputesOnItsStack) {
  Forth forth;

  EXPECT_EQ(forth.interpret("7 5 + .s drop"), "<1> 12 \r\n");
  EXPECT_EQ(forth.interpret("7 5 - .s drop"), "<1> 2 \r\n");
  EXPECT_EQ(forth.interpret("7 dup .s sdrop"), "<2> 7 7 \r\n");
  EXPECT_EQ(forth.interpret("7 5 swap .s sdrop"), "<2> 5 7 \r\n");
}

TEST(Forth, TellsNumbersFromStrings) {
  Forth forth;
  forth.define("take", [](Forth& words) { words.pop_text(); });

  EXPECT_EQ(forth.interpret("s\" a\" 1 +"), "Error: not a number\r\n");
  forth.interpret("sdrop");
  EXPECT_EQ(forth.interpret("1 take"), "Error: not a string\r\n");
  std::string said;
  for (int i = 0; i < 300 && said.empty(); ++i) {
    said = forth.interpret("s\" \"");
  }
  EXPECT_EQ(said, "Error: stack overflow\r\n");
}

}  // namespace
}  // namespace fat

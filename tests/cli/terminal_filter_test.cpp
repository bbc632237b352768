// Hostile output of a step -> harmless text.
#include "cli/terminal_filter.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

std::string all(std::string_view text) {
  TerminalFilter filter;
  auto out = filter.pass(text);
  return out + filter.finish();
}

TEST(TerminalFilter, KeepsTextLineEndsAndTabs) {
  EXPECT_EQ(all("a\tb\nK\xc3\xa4lte \xe2\x82\xac\n"), "a\tb\nK\xc3\xa4lte \xe2\x82\xac\n");
}

TEST(TerminalFilter, LeavesEscapeSequencesOut) {
  EXPECT_EQ(all("\x1b[31;1mred\x1b[0m"), "red");
  EXPECT_EQ(all("\x1b]0;title\aafter"), "after");
  EXPECT_EQ(all("\x1b]52;c;cm0gLXJm\x1b\\after"), "after");
  EXPECT_EQ(all("\x1bPq#0\x1b\\after"), "after");
  EXPECT_EQ(all("\x1b(Bafter"), "after");
  EXPECT_EQ(all("\x1b"
                "cafter"),
            "after");
}

TEST(TerminalFilter, LeavesOutEightBitControlsAndDirectionMarks) {
  EXPECT_EQ(all("a\xc2\x9b"
                "31mb"),
            "a31mb");
  EXPECT_EQ(all("a\xe2\x80\xae"
                "b\b\a\x7f"),
            "ab");
}

TEST(TerminalFilter, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(all("a\xff"
                "b"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(TerminalFilter, BeginsANewLineWhereAProgressBarWouldOverwriteTheOld) {
  EXPECT_EQ(all("10 %\r20 %\r\ndone\n"), "10 %\n20 %\ndone\n");
}

TEST(TerminalFilter, GivesTheSameWhereverTheTextIsTorn) {
  const std::string text = "a\x1b[31mb\xe2\x82\xac\x1b]0;x\x1b\\c\r\nd\re\xff\n";
  const auto whole = all(text);
  for (std::size_t at = 0; at <= text.size(); ++at) {
    TerminalFilter filter;
    auto out = filter.pass(text.substr(0, at));
    out += filter.pass(text.substr(at));
    EXPECT_EQ(out + filter.finish(), whole) << "torn at " << at;
  }
}

TEST(TerminalFilter, IsNotSwallowedByASequenceThatNeverEnds) {
  EXPECT_EQ(all("\x1b]0;never\nafter\n"), "\nafter\n");
  EXPECT_EQ(all("\x1b[12\nafter\n"), "\nafter\n");
}

}  // namespace
}  // namespace fat

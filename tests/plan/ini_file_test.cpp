#include "fat/plan/ini_file.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string value(const IniFile& file, std::string_view key) {
  const IniKey* found = find_key(file.sections.at(0), key);
  return found == nullptr ? "(none)" : found->value;
}

TEST(ParseIni, KeepsSectionsAndKeysInOrderWithTheirLines) {
  const auto file = parse_ini("[b 1]\nz = 1\n\n[a]\n# note\ny: 2\nx=3\n", "x.ini");

  ASSERT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.sections, SizeIs(2));
  EXPECT_EQ(file.sections[0].name, "b 1");
  EXPECT_EQ(file.sections[1].line, 4);
  EXPECT_EQ(file.sections[1].keys[0].name, "y");
  EXPECT_EQ(file.sections[1].keys[0].value, "2");
  EXPECT_EQ(file.sections[1].keys[1].line, 7);
}

TEST(ParseIni, LowersTheCaseOfKeysButNotOfValues) {
  const auto file = parse_ini("[a]\nignoreWarn = True\n", "x.ini");

  EXPECT_EQ(value(file, "ignorewarn"), "True");
}

TEST(ParseIni, KeepsCommentMarksWithinAValue) {
  const auto file = parse_ini("[a]\nk = 5 ; note # more\n", "x.ini");

  EXPECT_EQ(value(file, "k"), "5 ; note # more");
}

TEST(ParseIni, SkipsCommentLinesAlsoIndentedAndWithinAValue) {
  const auto file = parse_ini("; x\n[a]\nk = 1\n   # y\n   2\n", "x.ini");

  EXPECT_EQ(value(file, "k"), "1\n2");
}

TEST(ParseIni, JoinsIndentedLinesToTheValueAlsoWhenTheyLookLikeSections) {
  const auto file = parse_ini("[a]\nk = 1\n  [b]\n  c = 2\nd = 3\n", "x.ini");

  EXPECT_EQ(value(file, "k"), "1\n[b]\nc = 2");
  EXPECT_EQ(value(file, "d"), "3");
}

TEST(ParseIni, KeepsEmptyLinesWithinAValueAndDropsThemAtItsEnd) {
  const auto file = parse_ini("[a]\nk = 1\n\n  2\n\n\nd = 3\n", "x.ini");

  EXPECT_EQ(value(file, "k"), "1\n\n2");
}

TEST(ParseIni, ReadsWindowsLineEndsAndAByteOrderMark) {
  const auto file = parse_ini("\xEF\xBB\xBF[a]\r\nk = 1\r\n", "x.ini");

  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_EQ(value(file, "k"), "1");
}

TEST(ParseIni, KeepsUtf8InNamesAndValues) {
  const auto file = parse_ini("[Kühlung −40]\nk = 20 °C\n", "x.ini");

  EXPECT_EQ(file.sections.at(0).name, "Kühlung −40");
  EXPECT_EQ(value(file, "k"), "20 °C");
}

TEST(ParseIni, PassesAValueOf64KibUnchanged) {
  const std::string longest(std::size_t{64} * 1024, 'x');

  EXPECT_EQ(value(parse_ini("[a]\nk = " + longest + "\n", "x.ini"), "k"), longest);
}

TEST(ParseIni, AppendsDefaultsToEverySectionAfterItsOwn) {
  const auto file = parse_ini("[a]\nx = 1\n[DEFAULT]\ny = 2\nx = 9\n[b]\nz = 3\n", "x.ini");

  ASSERT_THAT(file.sections, SizeIs(2));
  EXPECT_EQ(value(file, "x"), "1");
  EXPECT_EQ(file.sections[0].keys[1].name, "y");
  EXPECT_TRUE(file.sections[0].keys[1].inherited);
  EXPECT_EQ(file.sections[1].keys[2].name, "x");
}

TEST(ParseIni, ReplacesNamesInPercentSignsAndDoublePercent) {
  const auto file =
      parse_ini("[DEFAULT]\nroot = /d\n[a]\nk = %(Root)s/%(sub)s 100%%\nsub = s\n", "x.ini");

  EXPECT_EQ(value(file, "k"), "/d/s 100%");
}

TEST(ParseIni, ReportsALonePercentSign) {
  const auto file = parse_ini("[a]\nk = 100 %\n", "x.ini");

  EXPECT_THAT(texts(file.problems),
              ElementsAre(HasSubstr("x.ini:2: 'k': '%' must be followed by '%' or '('")));
}

TEST(ParseIni, ReportsAnUnknownNameInPercentSigns) {
  const auto file = parse_ini("[a]\nk = %(no)s\n", "x.ini");

  EXPECT_THAT(texts(file.problems), ElementsAre(HasSubstr("%(no)s: neither this section nor")));
}

TEST(ParseIni, BoundsNestedReplacements) {
  std::string text = "[a]\nk0 = xxxxxxxxxx\n";
  for (int i = 1; i < 10; ++i) {
    const auto before = "%(k" + std::to_string(i - 1) + ")s";
    text += "k" + std::to_string(i) + " = ";
    for (int j = 0; j < 100; ++j) {
      text += before;
    }
    text += "\n";
  }

  EXPECT_FALSE(parse_ini(text, "x.ini").problems.empty());
  EXPECT_THAT(texts(parse_ini("[a]\nk = %(k)s\n", "x.ini").problems),
              ElementsAre(HasSubstr("nested more than 10 deep")));
}

TEST(ParseIni, ReportsASectionNamedTwice) {
  const auto file = parse_ini("[a]\nk = 1\n[a]\nl = 2\n", "x.ini");

  EXPECT_THAT(texts(file.problems),
              ElementsAre(HasSubstr("x.ini:3: [a] stands already in line 1")));
  EXPECT_THAT(file.sections, SizeIs(1));
}

TEST(ParseIni, ReportsAKeyNamedTwiceWhateverItsCase) {
  const auto file = parse_ini("[a]\nKey = 1\nkey = 2\n", "x.ini");

  EXPECT_THAT(texts(file.problems),
              ElementsAre(HasSubstr("x.ini:3: key 'key' of [a] stands already in line 2")));
}

TEST(ParseIni, RefusesAnEmptySectionInsteadOfDroppingIt) {
  const auto file = parse_ini("[wait_1]\n[gain]\nk = 1\n", "x.ini");

  EXPECT_THAT(texts(file.problems), ElementsAre(HasSubstr("x.ini:1: [wait_1] is empty")));
}

TEST(ParseIni, ReportsEveryBadLineAtOnce) {
  const auto file = parse_ini("k = 0\n[a]\nnonsense\n= 1\nk = 2\n", "x.ini");

  EXPECT_THAT(texts(file.problems),
              ElementsAre(HasSubstr("x.ini:1: text before the first [section]"),
                          HasSubstr("x.ini:3: 'nonsense' is neither"),
                          HasSubstr("x.ini:4: no key before '='")));
}

TEST(ParseIni, WarnsOfTextBehindASectionName) {
  const auto file = parse_ini("[a] ; room\nk = 1\n", "x.ini");

  EXPECT_FALSE(has_errors(file.problems));
  EXPECT_THAT(file.problems, SizeIs(1));
}

TEST(ParseIni, ReportsTextThatIsNotUtf8WithItsLine) {
  EXPECT_THAT(texts(parse_ini("[a]\nk = \xFC\n", "x.ini").problems),
              ElementsAre(HasSubstr("x.ini:2: is not UTF-8")));
  EXPECT_THAT(texts(parse_ini(std::string("[a]\nk\0=1", 8), "x.ini").problems),
              ElementsAre(HasSubstr("x.ini:2: holds a NUL byte")));
}

}  // namespace
}  // namespace fat

// Keys -> a line.
#include "people/line_editor.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace fat {
namespace {

std::string after(std::string_view keys) {
  LineEditor editor;
  for (const char key : keys) {
    editor.feed(key);
  }
  return editor.text();
}

TEST(LineEditor, TakesWholeCharactersAwayWithBackspace) {
  EXPECT_EQ(after("caf\xC3\xA9\x7F"), "caf");
  EXPECT_EQ(after("\x7F\x08"), "");
}

TEST(LineEditor, ClearsTheLineWithCtrlU) {
  EXPECT_EQ(after("no\x15yes"), "yes");
}

TEST(LineEditor, SwallowsArrowKeysAndOtherSequences) {
  EXPECT_EQ(after("y\x1b[Ae\x1b[1;5Cs\x1bOA"), "yes");
}

TEST(LineEditor, DropsBytesThatAreNotUtf8AndControlCharacters) {
  EXPECT_EQ(after("y\xFF"
                  "e\x01s\xC2\x9B"),
            "yes");
}

TEST(LineEditor, KeepsBlanksBetweenWords) {
  EXPECT_EQ(after("a leak"), "a leak");
}

TEST(LineEditor, TakesNoMoreThanALine) {
  EXPECT_EQ(after(std::string(10000, 'a')).size(), 4096U);
}

TEST(LineEditor, TellsEnterAndTheHelpKey) {
  LineEditor editor;
  EXPECT_EQ(editor.feed('?'), Key::Help);
  EXPECT_EQ(editor.feed('y'), Key::Edited);
  EXPECT_EQ(editor.feed('?'), Key::Edited);
  EXPECT_EQ(editor.feed('\n'), Key::Enter);
  EXPECT_EQ(editor.text(), "y?");
}

}  // namespace
}  // namespace fat

#include "fat/model/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SplitCommand, SeparatesWordsAtSpacesAndLineEnds) {
  EXPECT_THAT(split_command("  tools/note.sh  one\ttwo\nthree ").words,
              ElementsAre("tools/note.sh", "one", "two", "three"));
}

TEST(SplitCommand, KeepsWhatStandsInQuotesTogether) {
  EXPECT_THAT(split_command(R"(echo "gain done" 'it is $HOME' a"b c"d "")").words,
              ElementsAre("echo", "gain done", "it is $HOME", "ab cd", ""));
}

TEST(SplitCommand, LetsABackslashEscapeAsAShellDoes) {
  EXPECT_THAT(split_command(R"(a\ b "\"\$\n" '\' \\)").words,
              ElementsAre("a b", R"("$\n)", "\\", "\\"));
}

TEST(SplitCommand, JoinsLinesAtABackslash) {
  EXPECT_THAT(split_command("a \\\n b\\\nc ''\\\n").words, ElementsAre("a", "bc", ""));
  EXPECT_THAT(split_command("\"a\\\nb\"").words, ElementsAre("ab"));
}

TEST(SplitCommand, TreatsACommentMarkAsAnyOtherLetter) {
  EXPECT_THAT(split_command("echo # ; x").words, ElementsAre("echo", "#", ";", "x"));
}

TEST(SplitCommand, ReportsAQuoteThatIsNotClosed) {
  EXPECT_EQ(split_command("echo 'a").problem, "a ' quote is not closed");
  EXPECT_EQ(split_command("echo \"a").problem, "a \" quote is not closed");
  EXPECT_THAT(split_command("echo \"a").words, IsEmpty());
}

TEST(SplitCommand, ReportsABackslashAtTheEnd) {
  EXPECT_EQ(split_command("echo \\").problem, "nothing follows the last backslash");
}

TEST(SplitCommand, ReportsAnEmptyCommand) {
  EXPECT_EQ(split_command(" \n ").problem, "the command is empty");
  EXPECT_EQ(split_command("'' x").problem, "the command is empty");
}

TEST(JoinCommand, MakesALineThatIsSplitIntoTheSameWords) {
  const std::vector<std::string> words{"a", "b c", "it's", "", "$x", "\n", "\"", "\\"};

  EXPECT_EQ(split_command(join_command(words)).words, words);
}

}  // namespace
}  // namespace fat

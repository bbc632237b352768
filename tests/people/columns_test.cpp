// Text -> columns of a terminal.
#include "people/columns.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::ElementsAre;

TEST(Columns, CountsWideCharactersTwiceAndCombiningOnesNotAtAll) {
  EXPECT_EQ(columns("gain"), 4);
  EXPECT_EQ(columns("測定"), 4);
  EXPECT_EQ(columns("e\xCC\x81"), 1);
}

TEST(Columns, CutsBetweenCharactersNeverWithinOne) {
  EXPECT_EQ(fit("測定測定", 7), "測定...");
  EXPECT_EQ(fit("測定測定", 6), "測...");
  EXPECT_EQ(fit("gain", 4), "gain");
  EXPECT_EQ(fit("gain", 2), "..");
  EXPECT_EQ(fit("gain", 0), "");
}

TEST(Columns, KeepsTheEndOfWhatIsBeingTyped) {
  EXPECT_EQ(fit_end("the freezer is warm", 10), "...is warm");
}

TEST(Columns, BreaksBetweenWordsAndCutsWordsThatAreTooLong) {
  EXPECT_THAT(wrapped("are the cables dry", 8, 9), ElementsAre("are the", "cables", "dry"));
  EXPECT_THAT(wrapped("abcdefghij", 4, 9), ElementsAre("abcd", "efgh", "ij"));
  EXPECT_THAT(wrapped("one two three four", 7, 2), ElementsAre("one two", "thre..."));
}

TEST(Columns, EndsForAnyBytes) {
  EXPECT_EQ(wrapped("\xFF\xFE\x80", 1, 10).size(), 3U);
  EXPECT_EQ(columns("\xE6"), 1);
}

}  // namespace
}  // namespace fat

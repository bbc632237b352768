// Light behind filters -> which of them are wrong.
#include "tasks/analysis/filters.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const std::vector<double> kDeclared{1, 0.32, 0.25, 0.1, 0.05, 0};

TEST(Filters, AreRightInAnyUnitAndWithinTheirTolerance) {
  EXPECT_THAT(wrong_filters(kDeclared, std::vector<double>{80, 25.6, 20, 8, 4, 0}), IsEmpty());
  EXPECT_THAT(wrong_filters(kDeclared, std::vector<double>{82, 25, 20.5, 8.8, 3.5, 0.3}),
              IsEmpty());
}

TEST(Filters, ThatWereExchangedAreNamed) {
  const auto wrong = wrong_filters(kDeclared, std::vector<double>{100, 25, 32, 10, 5, 0});

  ASSERT_THAT(wrong, SizeIs(2));
  EXPECT_EQ(describe(wrong), "the filters at 2 and 3 are exchanged");
}

TEST(Filters, ThatWereExchangedWithTheBrightestAreNamed) {
  EXPECT_EQ(describe(wrong_filters(kDeclared, std::vector<double>{5, 32, 25, 10, 100, 0})),
            "the filters at 1 and 5 are exchanged");
}

TEST(Filters, ThatAreOthersAreNamedWithWhatTheyLetThrough) {
  const auto wrong = wrong_filters(kDeclared, std::vector<double>{100, 32, 25, 10, 5, 15});

  ASSERT_THAT(wrong, testing::Not(IsEmpty()));
  EXPECT_EQ(wrong.back().position, 6);
  EXPECT_EQ(wrong.back().looks_like, 0);
  EXPECT_NEAR(wrong.back().found, 0.138, 0.001);
}

TEST(Filters, ThatAreOthersAreDescribedOneByOne) {
  EXPECT_EQ(describe({{.position = 2, .declared = 0.32, .found = 0.25, .looks_like = 3},
                      {.position = 6, .declared = 0, .found = 0.138, .looks_like = 0}}),
            "the filter at 2 lets 0.250 through instead of 0.32 (as the one at 3 should), the "
            "filter at 6 lets 0.138 through instead of 0");
}

TEST(Filters, AreNotJudgedInTheDark) {
  EXPECT_THROW(wrong_filters(kDeclared, std::vector<double>(6, 0)), std::invalid_argument);
  EXPECT_THROW(wrong_filters(kDeclared, std::vector<double>{1}), std::invalid_argument);
}

}  // namespace
}  // namespace fat

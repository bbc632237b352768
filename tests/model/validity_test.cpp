#include "fat/model/validity.hpp"

#include <limits>

#include <gmock/gmock.h>

namespace fat {

namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(Windows, AreReadInBothForms) {
  const Window freezer{.signal = "freezer", .low = -42, .high = -38, .unit = "degC"};
  const Window humidity{
      .signal = "humidity", .low = 0, .high = 40, .unit = "%", .max_age = std::chrono::hours{1}};
  const Window dark{.signal = "file:logs/light.txt", .low = std::nullopt, .high = 5, .unit = ""};

  EXPECT_THAT(parse_windows("freezer in -40 +- 2 degC"), Optional(ElementsAre(freezer)));
  EXPECT_THAT(
      parse_windows("freezer in -40 \u00b1 2 degC, humidity in [0, 40] % not older than 1 h,"
                    "\nfile:logs/light.txt in [, 5]"),
      Optional(ElementsAre(freezer, humidity, dark)));
}

TEST(Windows, AreRefusedWhenAnythingIsUnclear) {
  for (const auto* text : {"",
                           "freezer",
                           "freezer in -40",
                           "freezer in -40 +- -2 degC",
                           "freezer in [2, 1] degC",
                           "freezer in [,] degC",
                           "freezer in [1 degC",
                           "the freezer in [1, 2]",
                           "in [1, 2]",
                           "freezer in [1, 2],",
                           "freezer in [1, 2] not older than 10"}) {
    EXPECT_EQ(parse_windows(text), std::nullopt) << text;
  }
}

TEST(Windows, HoldTheirBounds) {
  const Window window{.signal = "freezer", .low = -42, .high = -38, .unit = "degC"};

  EXPECT_TRUE(is_inside(window, -42, "degC"));
  EXPECT_TRUE(is_inside(window, -38, ""));
  EXPECT_FALSE(is_inside(window, -37.9, "degC"));
  EXPECT_FALSE(is_inside(window, -40, "K"));
  EXPECT_FALSE(is_inside(window, std::numeric_limits<double>::quiet_NaN(), "degC"));
  EXPECT_EQ(range_text(window), "[-42, -38] degC");
}

}  // namespace

}  // namespace fat

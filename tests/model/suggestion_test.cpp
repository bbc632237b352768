// Mistyped words.
#include "fat/model/suggestion.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace fat {

namespace {

const std::vector<std::string> kKeys{"timeout", "voltage", "task", "on", "attempts"};

}  // namespace

TEST(DidYouMean, NamesTheNearestWord) {
  EXPECT_EQ(did_you_mean("voltge", kKeys), "; did you mean 'voltage'?");
  EXPECT_EQ(did_you_mean("Tiemout", kKeys), "; did you mean 'timeout'?");
  EXPECT_EQ(did_you_mean("tsak", kKeys), "; did you mean 'task'?");
  EXPECT_EQ(did_you_mean("ON", kKeys), "; did you mean 'on'?");
}

TEST(DidYouMean, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("pressure", kKeys), "");
  EXPECT_EQ(did_you_mean("of", kKeys), "");
  EXPECT_EQ(did_you_mean("", kKeys), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
}

TEST(DidYouMean, DoesNotWorkOnWordsWithoutEnd) {
  const std::string endless(1'000'000, 'x');

  EXPECT_EQ(did_you_mean(endless, {endless}), "");
  EXPECT_EQ(did_you_mean("task", {endless, "tusk"}), "; did you mean 'tusk'?");
}

}  // namespace fat

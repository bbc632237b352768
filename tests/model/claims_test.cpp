#include "fat/model/claims.hpp"

#include <gmock/gmock.h>

namespace fat {

namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(Claims, WhoeverClaimsNothingClaimsTheWholeBench) {
  EXPECT_THAT(collision({}, {"cpu"}), Optional(Eq("the whole bench")));
  EXPECT_THAT(collision({"cpu"}, {}), Optional(Eq("the whole bench")));
  EXPECT_THAT(collision({}, {}), Optional(Eq("the whole bench")));
  EXPECT_TRUE(claims_alone({}, "run_json"));
}

TEST(Claims, TheSameResourceIsHeldByOneAlone) {
  EXPECT_THAT(collision({"laser", "hv"}, {"hv", "cpu"}), Optional(Eq("hv")));
  EXPECT_EQ(collision({"laser"}, {"hv"}), std::nullopt);
}

TEST(Claims, WhoeverWantsALinkHasTheInstrumentAlone) {
  EXPECT_EQ(resource_of("supply:link"), "supply");
  EXPECT_TRUE(wants_link("supply:link"));
  EXPECT_FALSE(wants_link("supply"));
  EXPECT_THAT(collision({"supply:link"}, {"supply:shared"}), Optional(Eq("supply")));
  EXPECT_TRUE(claims_alone({"supply:link"}, "supply"));
}

TEST(Claims, OnlyThoseWhoAllShareItHoldAResourceTogether) {
  EXPECT_EQ(collision({"network:shared"}, {"network:shared"}), std::nullopt);
  EXPECT_THAT(collision({"network:shared"}, {"network"}), Optional(Eq("network")));
  EXPECT_THAT(collision({"network"}, {"network:shared"}), Optional(Eq("network")));
  EXPECT_FALSE(claims_alone({"network:shared"}, "network"));
  EXPECT_TRUE(claims_alone({"network"}, "network"));
}

}  // namespace

}  // namespace fat

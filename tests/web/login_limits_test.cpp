#include "web/login_limits.hpp"

#include <gmock/gmock.h>

#include "fat/web/user_book.hpp"
#include "web/sessions.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;

TEST(LoginLimits, LetAFewTriesPassAndThenWaitLongerEachTime) {
  LoginLimits limits{3, 100, 60s};
  Microseconds now{0};
  std::vector<long> waits;

  for (int i = 0; i < 10; ++i) {
    const auto wait = limits.wait("anna", "10.0.0.1", now);
    waits.push_back(wait ? wait->count() : 0);
    now += wait.value_or(0s);
    EXPECT_EQ(limits.wait("anna", "10.0.0.1", now), std::nullopt);
    limits.tried("anna", "10.0.0.1", now);
  }

  EXPECT_THAT(waits, testing::ElementsAre(0, 0, 0, 2, 4, 8, 16, 32, 60, 60));
}

TEST(LoginLimits, AreOfEachUserAndOfEachAddress) {
  LoginLimits limits{1, 2, 60s};
  limits.tried("anna", "10.0.0.1", 0s);

  EXPECT_TRUE(limits.wait("anna", "10.0.0.2", 0s));
  EXPECT_FALSE(limits.wait("bert", "10.0.0.1", 0s));
  limits.tried("bert", "10.0.0.1", 0s);
  EXPECT_TRUE(limits.wait("carl", "10.0.0.1", 0s));
}

TEST(LoginLimits, ForgetWhoGotInAndWhatIsLongAgo) {
  LoginLimits limits{1, 100, 60s};
  limits.tried("anna", "10.0.0.1", 0s);
  limits.tried("bert", "10.0.0.1", 0s);

  limits.was_right("anna", "10.0.0.1");

  EXPECT_FALSE(limits.wait("anna", "10.0.0.1", 0s));
  EXPECT_TRUE(limits.wait("bert", "10.0.0.1", 0s));
  EXPECT_FALSE(limits.wait("bert", "10.0.0.1", 16min));
}

TEST(LoginLimits, StayBoundedWhateverIsTried) {
  LoginLimits limits{1, 100'000, 60s};
  for (int i = 0; i < 10'000; ++i) {
    limits.tried("user" + std::to_string(i), "10.0.0.1", std::chrono::milliseconds{i});
  }

  EXPECT_FALSE(limits.wait("user0", "10.0.0.2", 10s));
  EXPECT_TRUE(limits.wait("user9999", "10.0.0.2", 10s));
}

TEST(Sessions, EndByThemselves) {
  Sessions sessions{60s};
  const auto key = hash_of_token(sessions.open("anna", "hash", 0s));

  EXPECT_NE(sessions.find(key, 59s), nullptr);
  EXPECT_EQ(sessions.find(key, 60s), nullptr);
  EXPECT_EQ(sessions.find(key, 0s), nullptr);  // gone for good
}

TEST(Sessions, AreBounded) {
  Sessions sessions{60s};
  const auto first = hash_of_token(sessions.open("anna", "hash", 0s));
  for (int i = 0; i < 1000; ++i) {
    sessions.open("bert", "hash", 1s);
  }

  EXPECT_EQ(sessions.find(first, 2s), nullptr);
}

TEST(OneTimeLinks, AreGoodOnceWithinAnHour) {
  OneTimeLinks links;
  links.add("one", 0s);
  links.add("two", 0s);

  EXPECT_TRUE(links.use("one", 1s));
  EXPECT_FALSE(links.use("one", 1s));
  EXPECT_FALSE(links.use("two", 1h));
  EXPECT_FALSE(links.use("three", 1s));
}

}  // namespace
}  // namespace fat

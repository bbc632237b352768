// Leases of a station -> text, and back; whose one is.
#include "fat/model/lease.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using std::chrono::minutes;
using testing::AllOf;
using testing::HasSubstr;

Instant lease_began() {
  return {.wall = WallTime{Microseconds{1'000'000}}, .boot = minutes{5}, .boot_id = "this"};
}

Lease of_a_process() {
  return {.instrument = "supply",
          .fence = 18'000'000'000'000'000'000U,
          .who = "anna (uid 1000)",
          .uid = 1000,
          .purpose = "scan \"1\"\n",
          .use = LeaseUse::Link,
          .since = lease_began(),
          .length = minutes{10},
          .process = ProcessMark{.pid = 77, .start_time = 5, .boot_id = "this"}};
}

TEST(Leases, ComeBackAsTheyWere) {
  LeaseRecord record{.newest_fence = 18'000'000'000'000'000'001U, .leases = {of_a_process()}};
  record.leases.push_back(of_a_process());
  record.leases.back().process.reset();

  EXPECT_EQ(lease_record_from_json_text(to_json_text(record)), record);
}

TEST(Leases, AreNothingWhenOneFieldIsWrong) {
  const auto text = to_json_text(LeaseRecord{.newest_fence = 18, .leases = {of_a_process()}});
  for (const auto& [field, wrong] : {std::pair{"\"link\"", "\"perhaps\""},
                                     std::pair{"\"newest_fence\":18", "\"newest_fence\":-1"},
                                     std::pair{"\"uid\":1000", "\"uid\":1e3"},
                                     std::pair{"\"pid\"", "\"pit\""}}) {
    auto changed = text;
    ASSERT_NE(changed.find(field), std::string::npos) << field;
    changed.replace(changed.find(field), std::string_view{field}.size(), wrong);
    EXPECT_FALSE(lease_record_from_json_text(changed)) << changed;
  }
  EXPECT_TRUE(lease_record_from_json_text(text));
  EXPECT_FALSE(lease_record_from_json_text(text.substr(1)));
  EXPECT_FALSE(lease_record_from_json_text(std::string(100'000, '[')));
}

TEST(Leases, BelongToAPersonOrToWhoeverShowsTheNumber) {
  auto lease = of_a_process();
  const LeaseClaim anna{.who = "anna (uid 1000)", .uid = 1000};

  EXPECT_FALSE(is_of(lease, anna));  // the process's, not hers
  EXPECT_TRUE(is_of(lease, {.who = "x", .uid = 1000, .fence = lease.fence}));
  EXPECT_FALSE(is_of(lease, {.who = "x", .uid = 1001, .fence = lease.fence}));
  lease.process.reset();
  EXPECT_TRUE(is_of(lease, anna));
  EXPECT_FALSE(is_of(lease, {.who = anna.who, .uid = 1000, .fence = lease.fence - 1}));
}

TEST(Leases, SayToWhomForWhatAndUntilWhen) {
  auto lease = of_a_process();
  auto now = lease_began();
  now.boot += minutes{1};

  EXPECT_THAT(in_words(lease, now), HasSubstr("lent to anna (uid 1000) for"));
  EXPECT_THAT(in_words(lease, now), HasSubstr("as long as process 77 lives"));
  lease.process.reset();
  lease.use = LeaseUse::Orders;
  EXPECT_THAT(in_words(lease, now),
              AllOf(HasSubstr("leased to anna (uid 1000) for"), HasSubstr("(another 9 min)")));
  now.boot += minutes{20};
  EXPECT_EQ(lease_left(lease, now), Microseconds{0});
}

}  // namespace
}  // namespace fat

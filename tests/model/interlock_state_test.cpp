// Interlocks of a station -> text, and back.
#include "fat/model/interlock_state.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using std::chrono::minutes;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Instant booted_at(Microseconds boot) {
  return {.wall = WallTime{Microseconds{1'000'000}} + boot, .boot = boot, .boot_id = "this"};
}

InterlockState latched() {
  return {.name = "heating",
          .action = InterlockAction::Set,
          .objection = "interlock heating is latched",
          .memory = {.phase = InterlockPhase::Latched,
                     .tripped_at = booted_at(minutes{1}),
                     .why = "top_plate shows 280 K",
                     .trips = 2,
                     .acted = true,
                     .escalation = "heater_1 does not confirm",
                     .escalated = true,
                     .overriding = InterlockOverride{.who = "anna",
                                                     .reason = "warm-up",
                                                     .since = booted_at(minutes{2}),
                                                     .length = minutes{30}}}};
}

TEST(InterlockStates, ComeBackAsTheyWere) {
  const StationState state{.at = booted_at(minutes{3}), .pid = 7, .interlocks = {latched(), {}}};

  EXPECT_EQ(station_state_from_json_text(to_json_text(state)), state);
}

TEST(InterlockStates, AreNothingWhenOneFieldIsWrong) {
  const auto text = to_json_text(StationState{.at = {}, .pid = 7, .interlocks = {latched()}});
  auto wrong = text;
  wrong.replace(wrong.find("\"latched\""), 9, "\"perhaps\"");

  EXPECT_TRUE(station_state_from_json_text(text));
  EXPECT_FALSE(station_state_from_json_text(wrong));
  EXPECT_FALSE(station_state_from_json_text(text.substr(1)));
  EXPECT_FALSE(station_state_from_json_text("{}"));
}

TEST(InterlockStates, SayWhyAndWhoOverridesThem) {
  EXPECT_THAT(in_words(latched(), booted_at(minutes{12})),
              AllOf(HasSubstr("heating"),
                    HasSubstr("LATCHED: top_plate shows 280 K"),
                    HasSubstr("OVERRIDDEN by anna for another 20 min: warm-up")));
  EXPECT_THAT(in_words(latched(), booted_at(minutes{32})), Not(HasSubstr("OVERRIDDEN")));
  EXPECT_EQ(override_left(latched().memory, booted_at(minutes{40})), Microseconds{0});
}

}  // namespace
}  // namespace fat

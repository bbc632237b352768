// What happened since the last hand-over -> what the next shifter reads.
#include "fat/people/hand_over.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr WallTime kNoon{std::chrono::seconds{1795262400}};

ReportedAttempt attempt(const char* title,
                        Outcome outcome,
                        WallTime ended,
                        const char* reason = "") {
  ReportedAttempt one;
  one.key.title = title;
  one.outcome = outcome;
  one.ended = ended;
  one.reason = reason;
  return one;
}

std::string text_of(const RunReport& report, WallTime since) {
  return fmt::format("{}", fmt::join(hand_over_lines(report, since), "\n"));
}

TEST(HandOver, TellsWhatHappenedSinceTheLastOne) {
  using std::chrono::hours;
  RunReport report;
  report.summary.run = 12;
  report.summary.status = RunStatus::Waiting;
  report.summary.alerts = {{.id = "2", .text = "Is it shut?", .since = kNoon}};
  report.summary.steps = {{.index = 7, .title = "cool down", .state = "pending"}};
  report.attempts = {attempt("early", Outcome::Errored, kNoon - hours{9}, "long ago"),
                     attempt("gain", Outcome::Done, kNoon - hours{2}),
                     attempt("dark", Outcome::Errored, kNoon - hours{1}, "no light")};
  ReportedPrompt asked;
  asked.prompt.id = 1;
  asked.prompt.text = "Lid on?";
  asked.answered = kNoon - hours{1};
  asked.value = "yes";
  asked.who = "anna";
  report.prompts = {asked};
  report.actions = {{.at = kNoon - hours{3}, .who = "anna", .what = "pause", .reason = "lunch"},
                    {.at = kNoon - hours{3}, .who = kProgram, .what = "paused", .reason = {}}};

  const auto text = text_of(report, kNoon - hours{8});

  EXPECT_THAT(text,
              AllOf(HasSubstr("run 12 is waiting"),
                    HasSubstr("2 since"),
                    HasSubstr("Is it shut?"),
                    HasSubstr("1 step done, 1 otherwise"),
                    HasSubstr("dark (attempt 1): no light"),
                    HasSubstr("question 1 (Lid on?): yes by anna"),
                    HasSubstr("pause by anna: lunch"),
                    HasSubstr("next: [7] cool down")));
  EXPECT_THAT(text, AllOf(Not(HasSubstr("long ago")), Not(HasSubstr("paused by"))));
}

}  // namespace
}  // namespace fat

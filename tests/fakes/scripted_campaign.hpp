// A plan and a summary that the test sets -> a Campaign that says exactly that.
#pragma once

#include <utility>
#include <vector>

#include "fat/ports/campaign.hpp"

namespace fat {

/// Decides nothing, refuses every verb and remembers what it was given.
class ScriptedCampaign : public Campaign {
 public:
  Plan the_plan;
  RunSummary the_summary;
  CallBook the_call_book;
  std::vector<Event> applied;
  std::string held;                 ///< why no step may begin
  mutable int summaries_asked = 0;  ///< summary() is O(number of steps): who asks too often?

  const Plan& plan() const override { return the_plan; }

  void apply(const Event& event) override { applied.push_back(event); }

  Decision decide(const Instant&) const override { return {}; }

  void hold_steps(std::string why) override { held = std::move(why); }

  VerbReply request(const Verb&, const Instant&) const override {
    return {.accepted = false, .text = "scripted", .events = {}};
  }

  RunStatus status() const override { return the_summary.status; }

  bool asks_nobody() const override { return false; }

  std::vector<OpenAttempt> open_attempts(const Instant&) const override { return the_summary.open; }

  const CallBook& call_book() const override { return the_call_book; }

  RunSummary summary(const Instant&) const override {
    ++summaries_asked;
    return the_summary;
  }
};

}  // namespace fat

// A plan and its state behind the Campaign port.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "fat/engine/eta.hpp"
#include "fat/engine/run_state.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

class RunCampaign final : public Campaign {
 public:
  /// `version` of the plan: edits up to it, which the history may hold, are in the plan already.
  /// With a past, summaries say what is expected.
  explicit RunCampaign(Plan plan, int version = 1, const Past& past = {})
      : plan_(std::move(plan)), version_(version), state_(plan_) {
    if (past) {
      forecast_.emplace(past);
    }
  }

  const Plan& plan() const override { return plan_; }

  void apply(const Event& event) override;

  Decision decide(const Instant& now) const override;

  void hold_steps(std::string why) override { held_ = std::move(why); }

  VerbReply request(const Verb& verb, const Instant& now) const override;

  RunStatus status() const override { return state_.status(); }

  bool asks_nobody() const override { return state_.scheduler.batch; }

  std::vector<OpenAttempt> open_attempts(const Instant& now) const override;

  const CallBook& call_book() const override { return state_.alerts.book(); }

  RunSummary summary(const Instant& now) const override;

  const RunState& state() const { return state_; }

 private:
  void follow(const Event& event);
  VerbReply request_reply(Verb verb, const Instant& now) const;

  Plan plan_;
  int version_;
  RunState state_;
  std::string held_;                          ///< why no step begins; empty: nothing holds them up
  mutable std::optional<Forecast> forecast_;  ///< remembers what it said last
};

}  // namespace fat

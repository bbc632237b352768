// A plan and its state behind the Campaign port.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

class RunCampaign final : public Campaign {
 public:
  explicit RunCampaign(Plan plan) : plan_(std::move(plan)), state_(plan_) {}

  const Plan& plan() const override { return plan_; }

  void apply(const Event& event) override { state_.apply(event); }

  Decision decide(const Instant& now) const override;
  VerbReply request(const Verb& verb, const Instant& now) const override;

  RunStatus status() const override { return state_.status(); }

  std::vector<OpenAttempt> open_attempts(const Instant& now) const override;
  RunSummary summary(const Instant& now) const override;

  const RunState& state() const { return state_; }

 private:
  Plan plan_;
  RunState state_;
};

}  // namespace fat

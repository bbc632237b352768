#include "fat/engine/run_campaign.hpp"

#include "fat/engine/decide.hpp"
#include "fat/engine/summarize.hpp"
#include "fat/engine/verbs.hpp"

namespace fat {

void RunCampaign::apply(const Event& event) {
  state_.apply(event);
  if (forecast_) {
    forecast_->tell(event, plan_, state_);
  }
}

Decision RunCampaign::decide(const Instant& now) const {
  return fat::decide(plan_, state_, now);
}

VerbReply RunCampaign::request(const Verb& verb, const Instant&) const {
  return fat::request(plan_, state_, verb);
}

std::vector<OpenAttempt> RunCampaign::open_attempts(const Instant& now) const {
  return fat::open_attempts(state_, now);
}

RunSummary RunCampaign::summary(const Instant& now) const {
  auto summary = summarize(plan_, state_, now);
  if (!forecast_) {
    return summary;
  }
  if (state_.opened && !state_.ended) {
    summary.eta = forecast_->eta(plan_, state_, now);
  }
  for (auto& open : summary.open) {
    const auto near = static_cast<std::size_t>(open.index);
    if (const auto* step = find_step(plan_, open.key.list, open.key.title, near)) {
      open.expected = forecast_->expected(*step);
    }
  }
  return summary;
}

}  // namespace fat

#include "fat/engine/run_campaign.hpp"

#include "fat/engine/decide.hpp"
#include "fat/engine/summarize.hpp"
#include "fat/engine/verbs.hpp"

namespace fat {

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
  return summarize(plan_, state_, now);
}

}  // namespace fat

#include "fat/engine/run_campaign.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "engine/steering.hpp"
#include "fat/engine/decide.hpp"
#include "fat/engine/plan_editor.hpp"
#include "fat/engine/summarize.hpp"
#include "fat/engine/verbs.hpp"

namespace fat {

void RunCampaign::apply(const Event& event) {
  follow(event);
  if (forecast_) {
    forecast_->tell(event, plan_, state_);
  }
}

/// An adopted plan is the one that was given; edits behind it are made here.
void RunCampaign::follow(const Event& event) {
  const auto* edited = std::get_if<PlanEdited>(&event.body);
  if (edited == nullptr || edited->version <= version_) {
    state_.apply(event);
    const auto* adopted = std::get_if<PlanAdopted>(&event.body);
    version_ = adopted == nullptr ? version_ : std::max(version_, adopted->version);
    return;
  }
  PlanEditor editor{plan_};
  for (const auto& edit : edited->edits) {
    if (const auto why = editor.apply(edit); !why.empty()) {
      throw std::logic_error{fmt::format("illegal edit: {}: {}", in_words(edit), why)};
    }
  }
  state_.apply(event);
  plan_ = editor.take();
  version_ = edited->version;
  state_.follow(plan_);
}

Decision RunCampaign::decide(const Instant& now) const {
  return fat::decide(plan_, state_, now, held_.empty() ? Steps::Begin : Steps::AreHeld);
}

VerbReply RunCampaign::request(const Verb& verb, const Instant& now) const {
  if (verb.reply) {
    return request_reply(verb, now);
  }
  if (auto refused = refuse_locked(state_, verb, now)) {
    return std::move(*refused);
  }
  return fat::request(plan_, state_, verb, now);
}

/// What is read in a chat is written down together with what it entails: it counts once.
VerbReply RunCampaign::request_reply(Verb verb, const Instant& now) const {
  const auto reply = std::exchange(verb.reply, std::nullopt).value_or(ChatReply{});
  const auto& read = state_.alerts.book().read_up_to;
  const auto newest = read.find(reply.channel);
  if (newest != read.end() && !is_later_reply(reply.ts, newest->second)) {
    return {.accepted = true, .text = "it was read already", .events = {}};
  }
  auto answer = reply.why_not.empty()
                    ? request(verb, now)
                    : VerbReply{.accepted = false, .text = reply.why_not, .events = {}};
  answer.events.insert(
      answer.events.begin(),
      ReplyRead{
          .channel = reply.channel, .ts = reply.ts, .taken = answer.accepted, .text = answer.text});
  return answer;
}

std::vector<OpenAttempt> RunCampaign::open_attempts(const Instant& now) const {
  return fat::open_attempts(state_, now);
}

RunSummary RunCampaign::summary(const Instant& now) const {
  auto summary = summarize(plan_, state_, now);
  if (!held_.empty() && summary.status == RunStatus::Running) {
    if (state_.holder() == nullptr) {
      summary.status = RunStatus::Suspended;
      summary.why = held_;
    } else {
      summary.pending.push_back("no further step begins: " + held_);
    }
  }
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

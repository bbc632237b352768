#include "fat/engine/interlock.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fat {

namespace {

std::size_t place_of(const std::vector<ChannelEntry>& channels, const std::string& name) {
  const auto found = std::ranges::find(channels, name, &ChannelEntry::name);
  if (found == channels.end()) {
    throw std::invalid_argument{"there is no channel " + name};
  }
  return static_cast<std::size_t>(found - channels.begin());
}

}  // namespace

Interlock::Interlock(InterlockEntry entry,
                     const std::vector<ChannelEntry>& channels,
                     InterlockMemory memory)
    : entry_(std::move(entry)), memory_(std::move(memory)) {
  for (const auto& name : entry_.channels) {
    const auto place = place_of(channels, name);
    inputs_.emplace_back(place, channels[place], entry_);
    if (memory_.phase == InterlockPhase::Tripped) {
      inputs_.back().begin_tripped();
    }
  }
  for (const auto& setting : entry_.settings) {
    idle_settings_.emplace_back(place_of(channels, setting.channel), setting, entry_);
  }
}

InterlockOrder Interlock::order(InterlockOrderKind kind, std::string why) const {
  return {.kind = kind,
          .interlock = entry_.name,
          .trip = memory_.trips,
          .setting = {},
          .why = std::move(why)};
}

bool Interlock::is_overridden(const Instant& now) const {
  return override_left(memory_, now) > Microseconds{0};
}

std::vector<std::string> Interlock::tripped_inputs(const ChannelReadings& readings,
                                                   const Instant& now) {
  std::vector<std::string> reasons;
  for (auto& input : inputs_) {
    input.look(readings.reading(input.channel(), now), now);
    if (input.tripped()) {
      reasons.push_back(input.why());
    }
  }
  return reasons;
}

std::size_t Interlock::voters() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(inputs_, [](const InterlockInput& one) { return !one.abstains(); }));
}

bool Interlock::is_condition(std::size_t tripped) const {
  switch (entry_.vote) {
    case InterlockVote::Any:
      return tripped > 0;
    case InterlockVote::All:
      return tripped == voters() && tripped > 0;
    case InterlockVote::TwoOfThree:  // of what is left when others are lent
      return tripped > 0 && tripped >= std::min<std::size_t>(2, voters());
  }
  return true;
}

std::vector<InterlockOrder> Interlock::evaluate(const ChannelReadings& readings,
                                                const Instant& now) {
  Orders orders;
  if (memory_.overriding && !is_overridden(now)) {
    orders.push_back(order(InterlockOrderKind::Tell,
                           fmt::format("the override by {} is over", memory_.overriding->who)));
    memory_.overriding.reset();
  }
  change_phase(tripped_inputs(readings, now), now, orders);
  if (memory_.phase != InterlockPhase::Clear && !memory_.overriding) {
    act(readings, now, orders);
  } else if (holds_) {
    let_go(orders);
  }
  return orders;
}

void Interlock::change_phase(const std::vector<std::string>& reasons,
                             const Instant& now,
                             Orders& orders) {
  const bool condition = is_condition(reasons.size());
  if (condition && memory_.phase != InterlockPhase::Tripped) {
    memory_.phase = InterlockPhase::Tripped;
    memory_.tripped_at = now;
    memory_.why = fmt::format("{}", fmt::join(reasons, "; "));
    ++memory_.trips;
    memory_.acted = memory_.escalated = false;
    memory_.escalation.clear();
    asked_.reset();
    orders.push_back(order(
        InterlockOrderKind::Tell,
        fmt::format("tripped: {}{}",
                    memory_.why,
                    memory_.overriding ? fmt::format(" (overridden by {}: {}, nothing is done)",
                                                     memory_.overriding->who,
                                                     memory_.overriding->reason)
                                       : std::string{})));
  } else if (!condition && memory_.phase == InterlockPhase::Tripped) {
    memory_.phase = entry_.latching ? InterlockPhase::Latched : InterlockPhase::Clear;
    orders.push_back(order(InterlockOrderKind::Tell,
                           entry_.latching
                               ? "the condition is gone; it stays tripped until a person resets it"
                               : "clear again"));
  }
}

void Interlock::act(const ChannelReadings& readings, const Instant& now, Orders& orders) {
  if (!holds_) {
    holds_ = true;
    settings_ = idle_settings_;
    if (entry_.action == InterlockAction::SuspendRun) {
      orders.push_back(order(InterlockOrderKind::SuspendRun, memory_.why));
    }
  }
  hold_settings(readings, now, orders);
  const bool too_long = entry_.action == InterlockAction::SuspendRun &&
                        elapsed(memory_.tripped_at.value_or(now), now) >= entry_.maximum_suspension;
  if (too_long) {
    escalate(fmt::format("the run is suspended for more than {}: {}",
                         to_text(entry_.maximum_suspension),
                         memory_.why));
  }
  order_what_is_owed(now, orders);
}

void Interlock::order_what_is_owed(const Instant& now, Orders& orders) {
  const bool step = entry_.action == InterlockAction::AbortStep && !memory_.acted;
  const bool safe = entry_.action == InterlockAction::SafeState && !memory_.acted;
  const bool more = !memory_.escalation.empty() && !memory_.escalated;
  const bool just_asked = asked_ && elapsed(*asked_, now) < entry_.confirm_within;
  if ((!step && !safe && !more) || just_asked) {
    return;
  }
  asked_ = now;
  orders.push_back(order(step ? InterlockOrderKind::AbortStep : InterlockOrderKind::SafeState,
                         more ? memory_.escalation : memory_.why));
}

void Interlock::carried_out(const InterlockOrder& order) {
  if (order.trip != memory_.trips) {
    return;
  }
  const bool once =
      entry_.action == InterlockAction::AbortStep || entry_.action == InterlockAction::SafeState;
  (once ? memory_.acted : memory_.escalated) = true;
  asked_.reset();
}

void Interlock::hold_settings(const ChannelReadings& readings, const Instant& now, Orders& orders) {
  for (auto& held : settings_) {
    if (held.waits(wait_ ? wait_(held.setting(), readings, now) : Microseconds{0}, now)) {
      continue;
    }
    const auto need = held.look(readings.reading(held.channel(), now), now);
    if (need == SettingNeed::Nothing) {
      continue;
    }
    auto set = order(InterlockOrderKind::Set, memory_.why);
    set.setting = held.setting();
    orders.push_back(std::move(set));
    if (need == SettingNeed::OrderAndGiveAlarm) {
      escalate(fmt::format("{} does not confirm {:.6g} after {} tries: {}",
                           held.setting().channel,
                           held.setting().value,
                           entry_.attempts,
                           memory_.why));
    }
  }
}

void Interlock::escalate(const std::string& why) {
  if (memory_.escalation.empty()) {
    memory_.escalation = why;
  }
}

void Interlock::let_go(Orders& orders) {
  holds_ = false;
  settings_.clear();
  asked_.reset();
  if (entry_.action == InterlockAction::SuspendRun) {
    orders.push_back(
        order(InterlockOrderKind::ResumeRun, memory_.overriding ? "overridden" : "clear again"));
  }
}

std::string Interlock::objection(const ChannelReadings& readings, const Instant& now) const {
  if (is_overridden(now) || entry_.action == InterlockAction::Warn) {
    return {};
  }
  if (memory_.phase != InterlockPhase::Clear) {
    return fmt::format(
        "interlock {} is {}: {}", entry_.name, to_string(memory_.phase), memory_.why);
  }
  std::vector<std::string> objections;
  for (const auto& input : inputs_) {
    if (input.abstains()) {
      continue;
    }
    if (auto text = input.objection(readings.reading(input.channel(), now)); !text.empty()) {
      objections.push_back(std::move(text));
    }
  }
  return is_condition(objections.size())
             ? fmt::format("interlock {}: {}", entry_.name, fmt::join(objections, "; "))
             : std::string{};
}

std::string Interlock::reset() {
  if (memory_.phase == InterlockPhase::Tripped) {
    return fmt::format("interlock {} cannot be reset: {}", entry_.name, memory_.why);
  }
  auto kept = std::exchange(memory_.overriding, {});
  const auto trips = memory_.trips;
  memory_ = {};
  memory_.trips = trips;
  memory_.overriding = std::move(kept);
  asked_.reset();
  return {};
}

}  // namespace fat

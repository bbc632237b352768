#include "fat/engine/held_setting.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fat {

namespace {

/// As a set value reads back: half a per cent, and never nearer than a tenth of a per cent of one.
bool is_same(double read, double wanted) {
  return std::abs(read - wanted) <= std::max(1e-3, 5e-3 * std::abs(wanted));
}

}  // namespace

HeldSetting::HeldSetting(std::size_t channel,
                         ActuatorSetting setting,
                         const InterlockEntry& interlock)
    : channel_(channel),
      setting_(std::move(setting)),
      confirm_within_(interlock.confirm_within),
      attempts_(interlock.attempts) {}

bool HeldSetting::waits(Microseconds longest, const Instant& now) {
  if (ordered_at_ || longest <= Microseconds{0}) {
    return false;
  }
  waiting_since_ = waiting_since_.value_or(now);
  return elapsed(*waiting_since_, now) < longest;
}

SettingNeed HeldSetting::order(const Instant& now) {
  ordered_at_ = now;
  confirmed_ = false;
  ++orders_;
  return orders_ == attempts_ + 1 ? SettingNeed::OrderAndGiveAlarm : SettingNeed::Order;
}

SettingNeed HeldSetting::look(const Reading& reading, const Instant& now) {
  if (!ordered_at_) {
    return order(now);
  }
  const bool is_news = reading.value && reading.at.boot > ordered_at_->boot;
  if (is_news && is_same(*reading.value, setting_.value)) {
    confirmed_ = true;
    orders_ = 0;
    return SettingNeed::Nothing;
  }
  if (confirmed_ && is_news) {  // somebody has changed it
    return order(now);
  }
  if (confirmed_ && !reading.value) {  // it says nothing any more: from now on it has to confirm
    confirmed_ = false;
    ordered_at_ = now;
    return SettingNeed::Nothing;
  }
  const bool overdue = !confirmed_ && elapsed(*ordered_at_, now) >= confirm_within_;
  return overdue ? order(now) : SettingNeed::Nothing;
}

}  // namespace fat

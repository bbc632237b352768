#include "fat/engine/interlock_input.hpp"

#include <utility>

#include <fmt/format.h>

namespace fat {

InterlockInput::InterlockInput(std::size_t channel,
                               ChannelEntry entry,
                               const InterlockEntry& interlock)
    : channel_(channel),
      entry_(std::move(entry)),
      level_(interlock.level),
      settle_(interlock.settle),
      invalid_after_(interlock.invalid_after) {}

bool InterlockInput::is_beyond(double value) const {
  return level_ && (level_->above ? value >= level_->trip : value <= level_->trip);
}

bool InterlockInput::is_good_again(double value) const {
  return !level_ || (level_->above ? value < level_->reset : value > level_->reset) ||
         (level_->reset == level_->trip && !is_beyond(value));
}

std::string InterlockInput::shown(double value) const {
  return fmt::format("{:.6g}{}{}", value, entry_.unit.empty() ? "" : " ", entry_.unit);
}

void InterlockInput::look_at_level(const Reading& reading, const Instant& now) {
  if (unknown_ && reading.value) {
    unknown_ = false;
    level_tripped_ = !is_good_again(*reading.value);
    beyond_value_ = *reading.value;
  }
  if (reading.value && is_beyond(*reading.value)) {
    beyond_since_ = beyond_since_.value_or(reading.at);
    beyond_value_ = *reading.value;
  } else if (reading.value && (!level_tripped_ || is_good_again(*reading.value))) {
    beyond_since_.reset();
    level_tripped_ = false;
  }
  if (beyond_since_ && elapsed(*beyond_since_, now) >= settle_) {
    level_tripped_ = true;
  }
}

void InterlockInput::look_at_silence(const Reading& reading, const Instant& now) {
  if (reading.is_valid()) {
    last_valid_ = reading.at;
  }
  last_valid_ = last_valid_.value_or(now);
  silent_ = elapsed(*last_valid_, now) >= invalid_after_;
}

void InterlockInput::look(const Reading& reading, const Instant& now) {
  lent_ = reading.state == ReadingState::Lent;
  if (lent_) {
    last_valid_ = now;  // it is silent because nobody asks: that counts from when it is back
    return;
  }
  look_at_level(reading, now);
  look_at_silence(reading, now);
  if (level_tripped_ && level_) {
    why_ = fmt::format("{} shows {}, which is {} {}",
                       entry_.name,
                       shown(beyond_value_),
                       level_->above ? "not below" : "not above",
                       shown(level_->trip));
  } else if (silent_) {
    why_ = fmt::format("{} has had no valid reading for {}{}{}",
                       entry_.name,
                       to_text(elapsed(last_valid_.value_or(now), now)),
                       reading.why.empty() ? "" : ": ",
                       reading.why);
  } else if (unknown_) {
    why_ = fmt::format("{} has not been read since it tripped", entry_.name);
  } else {
    why_.clear();
  }
}

std::string InterlockInput::objection(const Reading& reading) const {
  if (!reading.value) {
    return fmt::format("{} is {}: {}", entry_.name, to_string(reading.state), reading.why);
  }
  return is_beyond(*reading.value) ? fmt::format("{} shows {}", entry_.name, shown(*reading.value))
                                   : std::string{};
}

}  // namespace fat

#include "cli/channel_watch.hpp"

#include <utility>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestStoredWhy = 400;

}  // namespace

TimedReading ChannelWatch::take(std::size_t place, const RawReading& raw, const Instant& at) {
  readings_.take(place, raw, at);
  const auto& channel = readings_.channels().at(place);
  auto reading = readings_.reading(place, at);
  reading.why = plain_text(reading.why, kLongestStoredWhy);
  ++taken_;
  invalid_ += reading.is_valid() ? 0 : 1;
  if (valid_.at(place) != reading.is_valid()) {
    valid_.at(place) = reading.is_valid();
    voice_.say(reading.is_valid()
                   ? fmt::format("{} is valid again", channel.name)
                   : fmt::format("{} {}: {}", channel.name, to_string(reading.state), reading.why));
  }
  return {channel.name, std::move(reading)};
}

std::string ChannelWatch::summary() const {
  return fmt::format("{} readings of {} channels, {} of them without a value",
                     taken_,
                     readings_.channels().size(),
                     invalid_);
}

std::vector<std::string> ChannelWatch::not_valid(const Instant& now) const {
  std::vector<std::string> lines;
  for (std::size_t place = 0; place < readings_.channels().size(); ++place) {
    const auto reading = readings_.reading(place, now);
    if (!reading.is_valid()) {
      lines.push_back(fmt::format("{} {}: {}",
                                  readings_.channels()[place].name,
                                  to_string(reading.state),
                                  plain_text(reading.why, kLongestStoredWhy)));
    }
  }
  return lines;
}

}  // namespace fat

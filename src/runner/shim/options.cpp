// Command line -> Options. See the header.
#include "runner/shim/options.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace fat::shim {
namespace {

constexpr std::int64_t kMostSeconds = 20LL * 365 * 86400;
constexpr std::uint64_t kLeastLimit = 4096;
constexpr std::size_t kLongestToken = 128;
constexpr std::uint64_t kMostLogDays = 36500;
constexpr std::size_t kLongestStartedLine = 1000;

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return count;
}

/// "10", "0.25": seconds with up to six decimals.
std::optional<Microseconds> parse_seconds(std::string_view text) {
  const auto dot = text.find('.');
  const auto whole = parse_count(text.substr(0, dot));
  std::string decimals{dot == std::string_view::npos ? std::string_view{"0"}
                                                     : text.substr(dot + 1)};
  decimals.resize(6, '0');
  const auto fraction = parse_count(decimals);
  if (!whole || !fraction || *whole > static_cast<std::uint64_t>(kMostSeconds)) {
    return std::nullopt;
  }
  return std::chrono::seconds{*whole} + Microseconds{*fraction};
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= kLongestToken &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
             std::string_view::npos;
}

bool take_duration(Microseconds& duration, std::string_view value) {
  const auto parsed = parse_seconds(value);
  duration = parsed.value_or(duration);
  return parsed.has_value();
}

bool take_limit(std::uint64_t& limit, std::string_view value) {
  const auto parsed = parse_count(value);
  limit = std::max(parsed.value_or(limit), kLeastLimit);
  return parsed.has_value();
}

/// False when `name` is unknown or `value` is not one for it.
bool take(Options& options, std::string_view name, std::string_view value) {
  if (name == "--dir") {
    options.folder = value;
    return !value.empty();
  }
  if (name == "--token") {
    options.token = value;
    return is_token(value);
  }
  if (name == "--grace") {
    return take_duration(options.grace, value);
  }
  if (name == "--timeout") {
    return take_duration(options.timeout, value);
  }
  if (name == "--silence") {
    return take_duration(options.silence, value);
  }
  if (name == "--output-limit") {
    return take_limit(options.output_limit, value);
  }
  if (name == "--report-limit") {
    return take_limit(options.report_limit, value);
  }
  if (name == "--daily-log") {
    options.daily.prefix = value;
    return value.starts_with('/');
  }
  if (name == "--log-days") {
    const auto days = parse_count(value);
    options.daily.days = static_cast<int>(std::min(days.value_or(0), kMostLogDays));
    return options.daily.days > 0;
  }
  if (name == "--started-line") {
    options.started_line = value;
    return !value.empty() && value.size() <= kLongestStartedLine;
  }
  return false;
}

}  // namespace

ParsedOptions parse_options(int count, char** words) {
  ParsedOptions parsed;
  int at = 1;
  for (; at < count && std::string_view{words[at]} != "--"; ++at) {
    const std::string_view name{words[at]};
    if (name == "--leave-running") {
      parsed.options.leave_running = true;
      continue;
    }
    if (at + 1 >= count || !take(parsed.options, name, words[at + 1])) {
      parsed.error = "unknown option or wrong value: " + std::string{name};
      return parsed;
    }
    ++at;
  }
  if (at + 1 >= count) {
    parsed.error = "no command after --";
  } else if (parsed.options.folder.empty() || parsed.options.token.empty()) {
    parsed.error = "--dir and --token are needed";
  }
  parsed.options.command = words + std::min(at + 1, count);
  return parsed;
}

}  // namespace fat::shim

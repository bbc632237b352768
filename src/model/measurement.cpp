// Values and limits -> verdicts; the text of a `measurements` key -> what a step promises.
#include "fat/model/measurement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "fat/model/quantity.hpp"
#include "fat/model/trimmed.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestPromise = 65'536;
constexpr std::size_t kLongestName = 200;

bool is_name(std::string_view text) {
  const auto plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-' || letter == '.';
  };
  return !text.empty() && text.size() <= kLongestName && std::ranges::all_of(text, plain);
}

bool is_unit_of_a_promise(std::string_view text) {
  return std::ranges::none_of(text, [](char letter) {
    return static_cast<unsigned char>(letter) <= ' ' || letter == '[' || letter == ']';
  });
}

/// "" is an absent bound. False when the text is no number.
bool parse_bound(std::string_view text, std::optional<double>& bound) {
  const auto word = trimmed_of_blanks(text);
  bound = parse_number(word);
  return bound.has_value() || word.empty();
}

/// "name", or "name [min, max] unit".
std::optional<PromisedMeasurement> parse_promise(std::string_view text) {
  const auto opening = text.find('[');
  PromisedMeasurement promise;
  promise.name = trimmed_of_blanks(text.substr(0, opening));
  if (!is_name(promise.name)) {
    return std::nullopt;
  }
  if (opening == std::string_view::npos) {
    return promise;
  }
  const auto closing = text.find(']', opening);
  if (closing == std::string_view::npos) {
    return std::nullopt;
  }
  const auto range = text.substr(opening + 1, closing - opening - 1);
  const auto comma = range.find(',');
  promise.unit = trimmed_of_blanks(text.substr(closing + 1));
  if (comma == std::string_view::npos || !is_unit_of_a_promise(promise.unit) ||
      !parse_bound(range.substr(0, comma), promise.min) ||
      !parse_bound(range.substr(comma + 1), promise.max)) {
    return std::nullopt;
  }
  const bool possible = !promise.min || !promise.max || *promise.min <= *promise.max;
  return possible ? std::optional{promise} : std::nullopt;
}

bool has_duplicates(const std::vector<PromisedMeasurement>& promises) {
  std::vector<std::string_view> names;
  names.reserve(promises.size());
  for (const auto& promise : promises) {
    names.emplace_back(promise.name);
  }
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

}  // namespace

std::optional<Verdict> judge(const Measurement& measurement) {
  const auto& [min, max, warn_min, warn_max] = measurement.limits;
  if (!min && !max && !warn_min && !warn_max) {
    return std::nullopt;
  }
  const std::array limits{min, max, warn_min, warn_max};
  const bool unusable_limit =
      std::ranges::any_of(limits, [](const auto& limit) { return limit && std::isnan(*limit); });
  if (unusable_limit || !std::isfinite(measurement.value)) {
    return Verdict::Inconclusive;
  }
  const auto outside = [&](const auto& low, const auto& high) {
    return (low && measurement.value < *low) || (high && measurement.value > *high);
  };
  if (outside(min, max)) {
    return Verdict::Failed;
  }
  return outside(warn_min, warn_max) ? Verdict::Marginal : Verdict::Passed;
}

std::optional<std::vector<PromisedMeasurement>> parse_promised_measurements(std::string_view text) {
  if (text.size() > kLongestPromise) {
    return std::nullopt;
  }
  std::vector<PromisedMeasurement> promises;
  while (true) {
    const auto length = length_of_first(text);
    auto promise = parse_promise(text.substr(0, length));
    if (!promise) {
      return std::nullopt;
    }
    promises.push_back(std::move(*promise));
    if (length == text.size()) {
      break;
    }
    text.remove_prefix(length + 1);
  }
  if (has_duplicates(promises)) {
    return std::nullopt;
  }
  return promises;
}

}  // namespace fat

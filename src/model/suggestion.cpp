// A mistyped word and the possible ones -> the nearest, when it is near enough.
#include "fat/model/suggestion.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "fat/model/lower_case.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestWord = 200;

bool is_swapped(std::string_view one, std::string_view other, std::size_t i, std::size_t j) {
  return i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
std::size_t edit_distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> before_last(other.size() + 1), last(other.size() + 1),
      row(other.size() + 1);
  for (std::size_t j = 0; j <= other.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= one.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (is_swapped(one, other, i, j)) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[other.size()];
}

std::size_t length_difference(std::string_view one, std::string_view other) {
  return std::max(one.size(), other.size()) - std::min(one.size(), other.size());
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongestWord) {
    return "";
  }
  const auto typed = lower_case(word);
  const std::string* nearest = nullptr;
  std::size_t nearest_distance = kLongestWord;
  for (const auto& candidate : candidates) {
    const auto limit = std::min(candidate.size() / 3, nearest_distance);
    if (candidate.size() > kLongestWord || length_difference(candidate, typed) > limit) {
      continue;
    }
    const auto distance = edit_distance(typed, lower_case(candidate));
    if (distance <= limit && distance < nearest_distance) {
      nearest = &candidate;
      nearest_distance = distance;
    }
  }
  return nearest == nullptr ? "" : fmt::format("; did you mean '{}'?", *nearest);
}

}  // namespace fat

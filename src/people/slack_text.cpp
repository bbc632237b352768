// What a post says -> Slack's markup.
#include "people/slack_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "fat/model/lower_case.hpp"
#include "fat/model/plain_text.hpp"

namespace fat {
namespace {

/// Slack shows 4,000 characters well and cuts at 40,000; Mattermost takes 16,383.
constexpr std::size_t kLongestText = 12'000;

std::string called(const std::string& calls, const std::string& everyone, Urgency urgency) {
  const auto all = urgency == Urgency::Critical ? everyone + " " : "";
  return calls.empty() ? all : all + calls + " ";
}

std::size_t start_of_character(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
    --at;
  }
  return at;
}

}  // namespace

std::string escaped_for_slack(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string cut_in_the_middle(std::string_view text, std::size_t max_bytes) {
  constexpr std::size_t room_for_words = 60;
  if (text.size() <= max_bytes) {
    return std::string{text};
  }
  const auto half = (max_bytes - room_for_words) / 2;
  const auto head = start_of_character(text, half);
  const auto tail = start_of_character(text, text.size() - half);
  return fmt::format("{}\n... {} bytes left out here ...\n{}",
                     text.substr(0, head),
                     tail - head,
                     text.substr(tail));
}

std::string without_calls(std::string text) {
  constexpr std::array<std::string_view, 4> everyone{"channel", "all", "here", "everyone"};
  constexpr std::string_view zero_width_space = "\u200b";
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    const auto calls = [&](std::string_view word) {
      return lower_case(std::string_view{text}.substr(at + 1, word.size())) == word;
    };
    if (std::ranges::any_of(everyone, calls)) {
      text.insert(at + 1, zero_width_space);
    }
  }
  return text;
}

std::string slack_text(const Post& post, const std::string& everyone) {
  return called(post.calls, everyone, post.urgency) +
         escaped_for_slack(without_calls(cut_in_the_middle(valid_utf8(post.text), kLongestText)));
}

}  // namespace fat

#include "people/logbook_post.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/logbook_entry.hpp"
#include "fat/model/quantity.hpp"
#include "people/words.hpp"

namespace fat {

namespace {

constexpr std::string_view kAt = "at";
constexpr std::string_view kAttachment = "attachment";

/// "SHA256 SIZE NAME"
LogAttachment attachment_of(const std::string& value) {
  const auto first = std::min(value.find(' '), value.size());
  const auto second = std::min(value.find(' ', first + 1), value.size());
  const auto size = parse_integer(value.substr(first, second - first).erase(0, 1));
  return {.name = value.substr(std::min(second + 1, value.size())),
          .sha256 = value.substr(0, first),
          .size = size.value_or(0)};
}

/// False when the line is none of ours.
bool take_header(std::string_view line, LogbookPost& post) {
  const auto colon = line.find(": ");
  if (colon == std::string_view::npos) {
    return false;
  }
  const std::string name{line.substr(0, colon)};
  const std::string value{line.substr(colon + 2)};
  if (name == kAt) {
    const auto microseconds = parse_integer(value);
    post.at = WallTime{Microseconds{microseconds.value_or(0)}};
    return microseconds.has_value();
  }
  if (name == kAttachment) {
    post.attachments.push_back(attachment_of(value));
    return true;
  }
  post.values[name] = value;
  return std::ranges::find(kLogbookVariables, name) != kLogbookVariables.end();
}

}  // namespace

std::string to_message_text(const LogbookPost& post) {
  auto text = fmt::format("{}: {}\n", kAt, post.at.time_since_epoch().count());
  for (const auto& [name, value] : post.values) {
    text += fmt::format("{}: {}\n", name, printable(value));
  }
  for (const auto& [name, sha256, size] : post.attachments) {
    text += fmt::format("{}: {} {} {}\n", kAttachment, sha256, size, printable(name));
  }
  return text + '\n' + post.text;
}

LogbookPost logbook_post_of(std::string_view message) {
  LogbookPost post;
  auto rest = message;
  while (!rest.starts_with('\n')) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos || !take_header(rest.substr(0, end), post)) {
      return {.at = {}, .values = {}, .attachments = {}, .text = std::string{message}};
    }
    rest.remove_prefix(end + 1);
  }
  post.text = rest.substr(1);
  return post;
}

}  // namespace fat

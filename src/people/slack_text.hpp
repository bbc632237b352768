// A post -> the text that Slack and what understands its markup are given.
#pragma once

#include <string>
#include <string_view>

#include "fat/people/sink.hpp"

namespace fat {

/// Escaped and cut to 12,000 bytes, behind those that it calls: `everyone` of the channel when it
/// is critical, and the post's own `calls`.
std::string slack_text(const Post& post, const std::string& everyone);

/// `&`, `<` and `>` as Slack wants them: nothing in a text calls anybody or makes a link.
std::string escaped_for_slack(std::string_view text);

/// "@all" and its like call nobody any more: Mattermost and Rocket.Chat find mentions in plain
/// text. A zero-width space stands behind the sign.
std::string without_calls(std::string text);

/// The start and the end of a long text, at most `max_bytes` and never cut within a character, with
/// a word on what is missing.
std::string cut_in_the_middle(std::string_view text, std::size_t max_bytes);

}  // namespace fat

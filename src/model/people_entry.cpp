// Kinds of sinks <-> words; what can be said of an address.
#include "fat/model/people_entry.hpp"

#include <algorithm>
#include <cctype>

#include "model/words.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestMailAddress = 254;  // RFC 5321

/// RFC 5322: words of these, with dots between them.
bool is_dot_atom(std::string_view text, std::string_view specials) {
  const auto fits = [&](unsigned char c) {
    return std::isalnum(c) != 0 || specials.find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !text.empty() && !text.starts_with('.') && !text.ends_with('.') &&
         text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text, [&](unsigned char c) { return c == '.' || fits(c); });
}

}  // namespace

std::string_view to_string(SinkKind kind) {
  switch (kind) {
    case SinkKind::Webhook:
      return "webhook";
    case SinkKind::Slack:
      return "slack";
    case SinkKind::Mail:
      return "mail";
  }
  return kNoSuchWord;
}

std::optional<SinkKind> parse_sink_kind(std::string_view text) {
  return parse_word(text, SinkKind::Mail);
}

std::string_view host_of_server(std::string_view server) {
  const auto scheme = server.find("://");
  if (scheme == std::string_view::npos) {
    return {};
  }
  server.remove_prefix(scheme + 3);
  if (server.starts_with('[')) {
    const auto end = server.find(']');
    return end == std::string_view::npos ? std::string_view{} : server.substr(1, end - 1);
  }
  return server.substr(0, server.find_first_of(":/"));
}

bool demands_starttls(const SinkEntry& mail) {
  const auto host = host_of_server(mail.server);
  const bool here = host == "localhost" || host == "::1" || host.starts_with("127.");
  return !mail.server.starts_with("smtps://") && mail.starttls.value_or(!here);
}

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && text.size() <= kLongestMailAddress &&
         is_dot_atom(text.substr(0, at), "!#$%&'*+-/=?^_`{|}~") &&
         is_dot_atom(text.substr(at + 1), "-");
}

}  // namespace fat

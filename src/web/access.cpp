// Cookie or token of a request -> who asks and what they may.
#include "web/access.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>

#include "web/same_site.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kLookPause{1};
constexpr std::string_view kBearer = "Bearer ";

/// In a time that does not depend on where they differ.
bool same_hash(const std::string& one, const std::string& other) {
  return one.size() == other.size() && ::sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

bool has_token(const WebUser& user, const std::string& hash) {
  return std::ranges::any_of(user.tokens,
                             [&](const std::string& token) { return same_hash(token, hash); });
}

}  // namespace

Access::Access(const WebSettings& settings, bool loopback)
    : file_(settings.users),
      loopback_(loopback),
      sessions_(settings.session_length),
      limits_(settings.limits.login_tries,
              settings.limits.address_login_tries,
              settings.limits.longest_login_wait) {
  if (!file_.empty()) {
    mark_ = mark_of(file_);
    book_ = read_user_book(file_);
  }
}

Access::FileMark Access::mark_of(const std::filesystem::path& file) {
  struct stat status {};

  if (::stat(file.c_str(), &status) != 0) {
    return {};
  }
  return {.size = status.st_size,
          .seconds = status.st_mtim.tv_sec,
          .nanoseconds = status.st_mtim.tv_nsec,
          .inode = status.st_ino};
}

void Access::look_at_users(Microseconds now) {
  if (file_.empty() || now - looked_ < kLookPause) {
    return;
  }
  looked_ = now;
  const auto mark = mark_of(file_);
  if (mark == mark_ && !unreadable_) {
    return;
  }
  try {
    book_ = read_user_book(file_);
    mark_ = mark;
    unreadable_ = false;
  } catch (const WebError&) {
    book_ = {};
    unreadable_ = true;  // until it is mended nobody is let in
  }
}

Caller Access::nobody() const {
  return {.role = loopback_ && !has_users() ? std::optional{Role::Viewer} : std::nullopt,
          .name = {},
          .session = {},
          .token = {}};
}

Caller Access::of_session(const std::string& key, Microseconds now) {
  const auto* const session = sessions_.find(key, now);
  if (session == nullptr) {
    return nobody();
  }
  if (session->user.empty()) {
    return has_users() ? nobody()
                       : Caller{.role = Role::Expert, .name = {}, .session = key, .token = {}};
  }
  const auto* const user = book_.find(session->user);
  if (user == nullptr || user->password != session->password) {
    return nobody();
  }
  return {.role = user->role, .name = user->name, .session = key, .token = {}};
}

Caller Access::of_token(const std::string& hash) const {
  for (const auto& user : book_.users) {
    if (has_token(user, hash)) {
      return {.role = user.role, .name = user.name, .session = {}, .token = hash};
    }
  }
  return {.role = std::nullopt, .name = {}, .session = {}, .token = hash};
}

Caller Access::caller(const HttpRequest& request, const Peer& peer, Microseconds now) {
  const auto authorization = request.field("authorization");
  if (authorization.starts_with(kBearer)) {
    return of_token(hash_of_token(std::string_view{authorization}.substr(kBearer.size())));
  }
  const auto cookie = cookie_of(request, cookie_name(request, peer));
  return cookie.empty() ? nobody() : of_session(hash_of_token(cookie), now);
}

bool Access::still(const Caller& caller, Microseconds now) {
  look_at_users(now);
  const auto current =
      caller.token.empty() ? of_session(caller.session, now) : of_token(caller.token);
  return current.role == caller.role && current.session == caller.session;
}

std::optional<std::string> Access::open_by_link(const std::string& link, Microseconds now) {
  if (has_users() || !loopback_ || !links_.use(link, now)) {
    return std::nullopt;
  }
  return sessions_.open({}, {}, now);
}

std::string Access::password_of(const std::string& user) const {
  const auto* const found = book_.find(user);
  return found == nullptr ? "" : found->password;
}

std::optional<std::string> Access::open_for(const std::string& user,
                                            const std::string& hash,
                                            Microseconds now) {
  if (hash.empty() || password_of(user) != hash) {
    return std::nullopt;
  }
  return sessions_.open(user, hash, now);
}

std::string cookie_name(const HttpRequest& request, const Peer& peer) {
  const auto port = port_of(request.field("host"));
  return fmt::format("{}fatmaster{}{}", peer.tls ? "__Host-" : "", port.empty() ? "" : "_", port);
}

std::string cookie_text(const HttpRequest& request,
                        const Peer& peer,
                        const std::string& token,
                        std::chrono::seconds length) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}",
                     cookie_name(request, peer),
                     token,
                     token.empty() ? 0 : length.count(),
                     peer.tls ? "; Secure" : "");
}

}  // namespace fat

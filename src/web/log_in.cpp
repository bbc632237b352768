// POST and DELETE of /session.
#include "web/log_in.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace fat {

namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

constexpr int kDeepestLogin = 4;

struct LoginWords {
  std::string user, password, link;
};

/// nullopt: neither a link nor a name with a password, or no JSON.
std::optional<LoginWords> words_of(const std::string& body) {
  const auto too_deep = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    return depth <= kDeepestLogin;
  };
  const auto json = nlohmann::json::parse(body, too_deep, false);
  const auto text = [&json](const char* name) -> std::string {
    const auto found = json.is_object() ? json.find(name) : json.end();
    return json.is_object() && found != json.end() && found->is_string() ? found->get<std::string>()
                                                                         : "";
  };
  LoginWords words{.user = text("user"), .password = text("password"), .link = text("link")};
  const bool complete = !words.link.empty() || (!words.user.empty() && !words.password.empty());
  return complete ? std::optional{std::move(words)} : std::nullopt;
}

Response later(std::chrono::seconds wait) {
  auto response = said(429, fmt::format("too many wrong tries; try again in {} s", wait.count()));
  response.fields["Retry-After"] = std::to_string(wait.count());
  return response;
}

Response let_in(ServerParts& server,
                const HttpRequest& request,
                const Peer& peer,
                const std::string& token) {
  const auto now = server.clock.now().boot;
  HttpRequest as_they_will = request;
  as_they_will.fields.erase("authorization");
  as_they_will.fields["cookie"] = cookie_name(request, peer) + "=" + token;
  Response response;
  response.fields["Content-Type"] = "application/json";
  response.fields["Set-Cookie"] = cookie_text(request, peer, token, server.settings.session_length);
  response.body = me_text(server.access.caller(as_they_will, peer, now), server.access);
  return response;
}

/// The name is wrong or the password is: which of both is nobody's business.
Response not_let_in() {
  return said(401, "name or password is wrong");
}

asio::awaitable<Response> by_password(ServerParts& server,
                                      const HttpRequest& request,
                                      const Peer& peer,
                                      LoginWords words) {
  if (!problem_of_user_name(words.user).empty() || words.password.size() > 1024) {
    co_return not_let_in();
  }
  auto& limits = server.access.limits();
  const auto now = server.clock.now().boot;
  if (const auto wait = limits.wait(words.user, peer.address, now)) {
    co_return later(*wait);
  }
  if (server.hashes.full()) {
    co_return later(std::chrono::seconds{1});
  }
  limits.tried(words.user, peer.address, now);
  const auto hash = server.access.password_of(words.user);
  auto compare = [password = words.password, hash] { return is_password(password, hash); };
  const bool right = co_await server.hashes.run(std::move(compare));
  if (!right) {
    co_return not_let_in();
  }
  const auto token = server.access.open_for(words.user, hash, server.clock.now().boot);
  if (!token) {
    co_return not_let_in();
  }
  limits.was_right(words.user, peer.address);
  co_return let_in(server, request, peer, *token);
}

}  // namespace

std::string me_text(const Caller& caller, const Access& access) {
  return Json{{"user", caller.name.empty() ? Json{} : Json(caller.name)},
              {"role", caller.role ? Json(role_word(*caller.role)) : Json{}},
              {"users", access.has_users()}}
      .dump();
}

asio::awaitable<Response> log_in(ServerParts& server,
                                 const HttpRequest& request,
                                 const Peer& peer) {
  if (server.access.unreadable()) {
    co_return said(
        503,
        "the list of users cannot be read, so nobody can log in: `fatmaster user list` on "
        "the station's computer says why");
  }
  auto words = words_of(request.body);
  if (!words) {
    co_return said(400, R"(a log-in is {"user": ..., "password": ...} or {"link": ...})");
  }
  if (words->link.empty()) {
    co_return co_await by_password(server, request, peer, std::move(*words));
  }
  const auto token = server.access.open_by_link(words->link, server.clock.now().boot);
  if (!token) {
    co_return said(
        401, "this address was used already, or is too old; `fatmaster serve` prints a new one");
  }
  co_return let_in(server, request, peer, *token);
}

Response log_out(ServerParts& server,
                 const HttpRequest& request,
                 const Peer& peer,
                 const Caller& caller) {
  server.access.close(caller);
  Response response{.status = 204};
  response.fields["Set-Cookie"] = cookie_text(request, peer, {}, {});
  return response;
}

}  // namespace fat

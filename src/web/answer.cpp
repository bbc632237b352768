// One request -> what is answered.
#include "web/answer.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "web/log_in.hpp"
#include "web/open_api.hpp"
#include "web/routes.hpp"
#include "web/same_site.hpp"

namespace fat {

namespace {

namespace asio = boost::asio;

Answer with(Response response) {
  return {.response = std::move(response), .stream = std::nullopt};
}

Response method_refused(const RouteFound& found) {
  auto response = said(found.status, found.text);
  if (!found.allow.empty()) {
    response.fields["Allow"] = found.allow;
  }
  return response;
}

std::optional<Response> refusal_of_role(const Caller& caller, std::optional<Role> needs) {
  if (!needs || (caller.role && *caller.role >= *needs)) {
    return std::nullopt;
  }
  if (!caller.role) {
    auto response = said(401, "log in first");
    response.fields["WWW-Authenticate"] = "Bearer";
    return response;
  }
  return said(403,
              fmt::format("that needs the role of an {}; you are a {}",
                          role_word(*needs),
                          role_word(*caller.role)));
}

/// Never throws: what the source throws names things that are nobody's business.
ApiAnswer asked(ApiSource& source, const ApiRequest& request) {
  try {
    return source.answer(request);
  } catch (const std::exception&) {
    return {
        .status = 500,
        .body =
            R"({"text":"the server made a mistake with this request; what it was stands in its log"})"};
  }
}

asio::awaitable<Response> of_source(ServerParts& server, ApiRequest request) {
  if (server.answers.full()) {
    auto response = said(503, "too many requests wait for an answer; try again");
    response.fields["Retry-After"] = "1";
    co_return response;
  }
  auto ask = [&source = server.source, request = std::move(request)] {
    return asked(source, request);
  };
  auto answer = co_await server.answers.run(std::move(ask));
  co_return to_response(std::move(answer));
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  return event_number(text);
}

Answer stream_of(const HttpRequest& request, const Target& target, Caller caller) {
  StreamRequest stream{.caller = std::move(caller), .run = std::nullopt, .after = std::nullopt};
  if (const auto run = target.query.find("run");
      run != target.query.end() && run->second != "newest") {
    stream.run = number_in(run->second);
    if (!stream.run) {
      return with(said(400, "run is a number, or newest"));
    }
  }
  auto after = request.field("last-event-id");
  if (const auto given = target.query.find("after"); after.empty() && given != target.query.end()) {
    after = given->second;
  }
  if (!after.empty()) {
    stream.after = number_in(after);
    if (!stream.after) {
      return with(said(400, "after is the id of an event: a number"));
    }
  }
  return {.response = {}, .stream = std::move(stream)};
}

Response json_response(std::string text) {
  Response response;
  response.fields["Content-Type"] = "application/json";
  response.body = std::move(text);
  return response;
}

asio::awaitable<Answer> of_own(ServerParts& server,
                               const HttpRequest& request,
                               const Peer& peer,
                               OwnRoute route,
                               Caller caller) {
  switch (route) {
    case OwnRoute::Me:
      co_return with(json_response(me_text(caller, server.access)));
    case OwnRoute::LogIn: {
      auto response = co_await log_in(server, request, peer);
      co_return with(std::move(response));
    }
    case OwnRoute::LogOut:
      co_return with(log_out(server, request, peer, caller));
    case OwnRoute::Listen:
      co_return stream_of(request, read_target(request.target), std::move(caller));
    case OwnRoute::OpenApi:
      co_return with(json_response(open_api_text()));
  }
  co_return with(said(500, "no such route"));
}

asio::awaitable<Answer> of_route(ServerParts& server,
                                 const HttpRequest& request,
                                 const Peer& peer,
                                 const Target& target) {
  auto found = find_route(request.method, target);
  if (found.route == nullptr) {
    co_return with(method_refused(found));
  }
  const auto now = server.clock.now().boot;
  server.access.look_at_users(now);
  auto caller = server.access.caller(request, peer, now);
  const auto& route = *found.route;
  const bool changes = route.method != "GET";
  auto refusal = changes ? refusal_of_origin(request, peer) : std::nullopt;
  if (!refusal) {
    refusal = refusal_of_role(caller, route.needs);
  }
  if (refusal) {
    co_return with(std::move(*refusal));
  }
  if (const auto* const own = std::get_if<OwnRoute>(&route.what)) {
    co_return co_await of_own(server, request, peer, *own, std::move(caller));
  }
  ApiRequest question{.route = std::get<ApiRoute>(route.what),
                      .parts = std::move(found.parts),
                      .query = target.query,
                      .body = request.body,
                      .user = {.name = caller.name, .role = caller.role.value_or(Role::Viewer)}};
  auto response = co_await of_source(server, std::move(question));
  co_return with(std::move(response));
}

}  // namespace

asio::awaitable<Answer> answer_to(ServerParts& server,
                                  const HttpRequest& request,
                                  const Peer& peer) {
  if (auto refusal = refusal_of_host(request, peer, server.settings.names)) {
    co_return with(std::move(*refusal));
  }
  const auto target = read_target(request.target);
  if (!target.problem.empty()) {
    co_return with(said(400, target.problem));
  }
  if (!server.page.has(target)) {
    co_return co_await of_route(server, request, peer, target);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    co_return with(
        method_refused({.status = 405, .text = "a page is read only", .allow = "GET, HEAD"}));
  }
  co_return with(server.page.answer(target, request));
}

}  // namespace fat

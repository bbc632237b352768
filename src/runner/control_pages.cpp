#include "runner/control_pages.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "fat/runner/control_client.hpp"

namespace fat {

namespace {

ControlAnswer answer_verb(const ControlRequest& request, const ControlledRun& run) {
  try {
    auto verb = made_plain(verb_from_json_text(request.body));
    verb.who = fmt::format("{} (uid {})", verb.who.empty() ? "somebody" : verb.who, request.uid);
    return {.status = 200, .body = to_json_text(run.request(verb))};
  } catch (const std::invalid_argument& error) {
    return {.status = 400,
            .body = to_json_text(VerbReply{.accepted = false, .text = error.what(), .events = {}})};
  }
}

}  // namespace

ControlAnswer answer_control(const ControlRequest& request, const ControlledRun& run) {
  if (request.method == "POST" && request.path == "/v1/verb") {
    return answer_verb(request, run);
  }
  if (request.method == "GET" && request.path == "/v1/status") {
    return {.status = 200, .body = to_json_text(run.summary())};
  }
  auto page = request.method == "GET" && run.pages ? run.pages(request, run.summary) : std::nullopt;
  if (page) {
    return std::move(*page);
  }
  return {.status = 404, .body = R"({"text":"there is no such page"})"};
}

}  // namespace fat

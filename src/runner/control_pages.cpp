#include "runner/control_pages.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/runner/control_client.hpp"

namespace fat {

namespace {

/// More than anybody types.
constexpr std::size_t kTextLimit = 65536;

/// Lines of a hand-over, and bytes of each.
constexpr std::size_t kReportLimit = 200;
constexpr std::size_t kLineLimit = 500;

/// What a peer says goes into the journal and onto other people's terminals.
Verb plain(Verb verb) {
  for (auto* text : {&verb.who, &verb.step, &verb.value, &verb.reason}) {
    *text = plain_text(*text, kTextLimit);
  }
  verb.entry.text = plain_lines(verb.entry.text, kLongestLogText);
  for (auto& file : verb.entry.attachments) {
    file.name = plain_text(file.name, kTextLimit);
    file.sha256 = plain_text(file.sha256, kTextLimit);
  }
  verb.report.resize(std::min(verb.report.size(), kReportLimit));
  for (auto& line : verb.report) {
    line = plain_text(line, kLineLimit);
  }
  return verb;
}

ControlAnswer answer_verb(const ControlRequest& request, const ControlledRun& run) {
  try {
    auto verb = plain(verb_from_json_text(request.body));
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

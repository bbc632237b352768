// Lines -> a life of a run: a line that begins with { is the body of a verb as a peer sends it, any
// other word is something that happens on the bench. The engine accepts or refuses in words; what
// it accepts it can live with.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/bench_run.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/control_client.hpp"
#include "fuzz/targets.hpp"
#include "runner/control_pages.hpp"

namespace fat::fuzz {

namespace {

void check_reply(const ControlAnswer& answer) {
  require(answer.status == 200 || answer.status == 400, "a verb is taken or is none");
  const auto reply = verb_reply_from_json_text(answer.body);
  require(!reply.text.empty(), "every reply says something");
  require(answer.status == 200 || !reply.accepted, "what is no verb is not accepted");
}

void post(BenchRun& run, const std::string& body) {
  const ControlledRun controlled{.request = [&](const Verb& verb) { return run.says(verb); },
                                 .summary = [&] { return run.summary(); },
                                 .pages = {}};
  check_reply(answer_control({.method = "POST", .path = "/v1/verb", .body = body, .uid = 1000},
                             controlled));
}

void end_newest(BenchRun& run, std::string_view how) {
  const auto running = run.running();
  if (running.empty()) {
    return;
  }
  const auto& title = running.back();
  const auto kind = find_step(run.plan().steps, title);
  const bool is_process = !kind || run.plan().steps[*kind].kind == StepKind::Command;
  if (!is_process) {
    return;
  }
  if (how == "done") {
    run.done(title);
  } else if (how == "errored") {
    run.errored(title);
  } else if (how == "lost") {
    run.lost(title);
  } else if (how == "aborted") {
    run.ended_by_abort(title);
  }
}

void happen(BenchRun& run, std::string_view what) {
  if (what == "pass") {
    run.pass(std::chrono::minutes{16});
  } else if (what == "reboot") {
    run.reboot();
  } else if (what == "resume" && run.running().empty()) {
    run.resume();
  } else if (what == "crash") {
    run.crash();
  } else {
    end_newest(run, what);
  }
}

}  // namespace

void verbs(std::string_view input) {
  constexpr int most_lines = 64;
  BenchRun run{sample_plan()};
  for (int line = 0; line < most_lines && !input.empty(); ++line) {
    const auto end = std::min(input.find('\n'), input.size());
    const auto text = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    if (text.starts_with('{')) {
      post(run, std::string{text});
    } else {
      happen(run, text);
    }
  }
  const auto summary = to_json_text(run.summary());
  require(nlohmann::json::parse(summary, nullptr, false).is_object(), "the status is JSON");
}

}  // namespace fat::fuzz

// Routes about a run as a whole: its report, its rehearsal. Each reads the journal anew: nobody
// waits for them.
#include <algorithm>

#include "cli/api_answer.hpp"
#include "cli/rehearsal_text.hpp"
#include "cli/report_command.hpp"
#include "cli/station_api.hpp"
#include "fat/engine/continued_rehearsal.hpp"
#include "fat/model/quiet_hours.hpp"
#include "fat/people/run_report.hpp"
#include "fat/store/known_lengths.hpp"

namespace fat {

namespace {

/// A run with the journal that it learns from.
struct ReadRun {
  std::unique_ptr<SqliteJournal> journal;
  KnownRun known;
};

ReadRun read_anew(const ApiWiring& wiring, const ApiRequest& request) {
  const auto number = wiring.runs.named(request.parts.at(0))->number();
  ReadRun run{.journal = open_journal_to_read(wiring.station), .known = {}};
  run.known = load_run(*run.journal, number, run.journal->events(number), wiring.runs.stop());
  return run;
}

/// It goes on: what comes from here on was not known at the start.
bool is_at_work(const EventBody& body) {
  return std::holds_alternative<AttemptStarted>(body) ||
         std::holds_alternative<PromptOpened>(body) || std::holds_alternative<PlanEdited>(body) ||
         std::holds_alternative<RunEnded>(body);
}

/// As it was when its first step was about to begin: the plan first adopted, nothing done.
ReadRun read_at_start(const ApiWiring& wiring, const ApiRequest& request) {
  const auto number = wiring.runs.named(request.parts.at(0))->number();
  ReadRun run{.journal = open_journal_to_read(wiring.station), .known = {}};
  auto events = run.journal->events(number);
  const auto begun = std::ranges::find_if(
      events, [](const StoredEvent& stored) { return is_at_work(stored.event.body); });
  events.erase(begun, events.end());
  run.known = load_run(*run.journal, number, std::move(events), wiring.runs.stop());
  return run;
}

/// What the journal knew of lengths before that event.
Past past_before(const Station& station, std::int64_t event) {
  const auto lengths = std::make_shared<KnownLengths>(  // shared: a std::function is copied
      journal_file(station),
      event);
  return [lengths](const Step& step) -> PastDurations {
    auto same = lengths->of_step(fingerprint(step));
    const bool known = !same.empty();
    return {.durations = known ? std::move(same) : lengths->of_task(step.task),
            .same_parameters = known};
  };
}

RunReport report_on(const ApiWiring& wiring, const ReadRun& run) {
  return run_report(
      wiring.station.name, run.known.campaign->summary(wiring.clock.now()), run.known.events);
}

}  // namespace

ApiAnswer answer_report(const ApiWiring& wiring, const ApiRequest& request) {
  return json_answer(report_json(report_on(wiring, read_anew(wiring, request))));
}

ApiAnswer answer_report_page(const ApiWiring& wiring, const ApiRequest& request) {
  const auto run = read_anew(wiring, request);
  ApiAnswer answer;
  answer.type = "text/html; charset=utf-8";
  answer.body = report_html(report_on(wiring, run),
                            artifacts_of(run.known.campaign->plan().run_file),
                            wiring.clock.now().wall);
  answer.headers["Content-Security-Policy"] =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
      "base-uri 'none'; frame-ancestors 'none'";
  return answer;
}

ApiAnswer answer_rehearsal(const ApiWiring& wiring, const ApiRequest& request) {
  const auto as_of = query_text(request, "as_of");
  if (!as_of.empty() && as_of != "start") {
    throw ApiRefused{400, "'as_of' is start, or is left out"};
  }
  const bool from_start = as_of == "start";
  const auto run = from_start ? read_at_start(wiring, request) : read_anew(wiring, request);
  const auto& campaign = *run.known.campaign;
  const auto past =
      from_start ? past_before(wiring.station, run.known.events.front().id) : past_of(*run.journal);
  const auto now = from_start ? run.known.events.back().event.at : wiring.clock.now();
  const auto rehearsal =
      rehearse_on(campaign.plan(), campaign.state(), run.known.events, past, now);
  return json_answer(rehearsal_json({.plan = campaign.plan(),
                                     .rehearsal = rehearsal,
                                     .quiet = parse_quiet_hours(wiring.station.quiet_hours),
                                     .answer_after = RehearsalRequest{}.answer_after}));
}

}  // namespace fat

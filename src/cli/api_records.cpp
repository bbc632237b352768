// Routes about a run as a whole: its report, its rehearsal. Each reads the journal anew: nobody
// waits for them.
#include "cli/api_answer.hpp"
#include "cli/rehearsal_text.hpp"
#include "cli/report_command.hpp"
#include "cli/station_api.hpp"
#include "fat/engine/continued_rehearsal.hpp"
#include "fat/model/quiet_hours.hpp"
#include "fat/people/run_report.hpp"

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
  if (as_of == "start") {
    throw ApiRefused{404, "no rehearsal from before the start of the run is kept"};
  }
  if (!as_of.empty()) {
    throw ApiRefused{400, "'as_of' is start, or is left out"};
  }
  const auto run = read_anew(wiring, request);
  const auto& campaign = *run.known.campaign;
  const auto rehearsal = rehearse_on(campaign.plan(),
                                     campaign.state(),
                                     run.known.events,
                                     past_of(*run.journal),
                                     wiring.clock.now());
  return json_answer(rehearsal_json({.plan = campaign.plan(),
                                     .rehearsal = rehearsal,
                                     .quiet = parse_quiet_hours(wiring.station.quiet_hours),
                                     .answer_after = RehearsalRequest{}.answer_after}));
}

}  // namespace fat

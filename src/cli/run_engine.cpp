#include <algorithm>
#include <csignal>
#include <future>
#include <iostream>
#include <ranges>
#include <unordered_set>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/bench_check.hpp"
#include "cli/code_at_start.hpp"
#include "cli/doctor.hpp"
#include "cli/exit_code.hpp"
#include "cli/preflight.hpp"
#include "cli/print.hpp"
#include "cli/program_files.hpp"
#include "cli/run_request.hpp"
#include "cli/run_view.hpp"
#include "cli/start_refusals.hpp"
#include "cli/station_context.hpp"
#include "fat/engine/drift.hpp"
#include "fat/engine/plan_editor.hpp"
#include "fat/engine/unknown_attempts.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/people/run_log.hpp"
#include "fat/people/status_text.hpp"
#include "fat/people/summary_table.hpp"
#include "fat/people/terminal_mode.hpp"
#include "fat/plan/schedule_loader.hpp"
#include "fat/runner/run_loop.hpp"
#include "fat/runner/supervisor.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/master_view.hpp"
#include "fat/store/run_json_file.hpp"
#include "fat/store/schedule_archive.hpp"
#include "fat/store/station_lock.hpp"
#include "fat/tasks/catalog.hpp"

namespace fat {

namespace {

/// Everything that is known before the loop starts.
struct Start {
  Plan plan;
  std::vector<StoredEvent> history;  ///< of the run; empty for a new one
  std::vector<EventBody> opening;    ///< what this start adds
  std::optional<PlanRecord> record;  ///< a plan version to be stored with it
  int version = 1;                   ///< of the plan
};

class Engine {
 public:
  Engine(const Invocation& invocation, const RunRequest& request)
      : invocation_(invocation),
        request_(request),
        file_(open_station(invocation)),
        station_(file_.station),
        mode_(request.mode) {}

  int run();

 private:
  void refuse_bad_request() const;
  Start begin();
  Start begin_run();
  Start begin_resume(int run);
  void take_up(Start& start, const RunCampaign& known, LoadedPlan loaded);
  std::future<LoadedPlan> load_meanwhile(const std::vector<StoredEvent>& events) const;
  LoadedPlan load(const std::filesystem::path& schedule, const std::string& run_file) const;
  PackageFiles refuse_unfit_python(const Plan& plan) const;
  void check(const Plan& plan,
             bool virtual_station,
             const std::map<std::string, Quarantine>& quarantined) const;
  void record_code(Start& start, CodeAtStart& code, const KnownCode& known);
  void adopt_plan(Start& start, int version, PlanAdopted adopted);
  void refuse_locked(const RunState& state) const;
  SchedulerStarted scheduler_started(const Plan& plan);
  Event event(int run, EventBody body) const;
  int drive(Start start, SqliteJournal& journal);
  RunLoopSettings settings(const Plan& plan, bool virtual_station) const;

  const Invocation& invocation_;
  const RunRequest& request_;
  StationFile file_;
  const Station& station_;
  SystemClock clock_;
  StartMode mode_;
  std::unique_ptr<SqliteJournal> journal_;
  std::optional<StepCode> code_;
};

LoadedPlan Engine::load(const std::filesystem::path& schedule, const std::string& run_file) const {
  return load_plan(
      {.schedule = schedule, .run_file = run_file, .current_folder = {}}, catalog(), file_);
}

/// REQUIRES: the station is ours. An import runs what the lab has written at the top of a module,
/// and nobody else's run may be disturbed by it.
PackageFiles Engine::refuse_unfit_python(const Plan& plan) const {
  auto found =
      request_.no_preflight
          ? PreflightResult{.problems = preflight_left_out(plan), .files = {}}
          : preflight(plan, {.station = station_.folder, .as_original = request_.as_original});
  print_problems(found.problems);
  if (has_errors(found.problems)) {
    throw CommandError{kExitFileWrong, "the schedule cannot be run; nothing was started"};
  }
  return std::move(found.files);
}

void Engine::check(const Plan& plan,
                   bool virtual_station,
                   const std::map<std::string, Quarantine>& quarantined) const {
  require_named_steps(plan, request_);
  BenchCheck wanted{.virtual_station = virtual_station,
                    .probe = !request_.no_probe,
                    .quarantined = {request_.without.begin(), request_.without.end()}};
  for (const auto& [serial, why] : quarantined) {
    wanted.quarantined.insert(serial);
  }
  check_bench(plan, station_, wanted, clock_);
}

Event Engine::event(int run, EventBody body) const {
  return {
      .run = run, .at = clock_.now(), .who = acting_person(invocation_), .body = std::move(body)};
}

SchedulerStarted Engine::scheduler_started(const Plan& plan) {
  SchedulerStarted started;
  started.mode = mode_;
  started.version = program_version();
  started.pid = getpid();
  started.host = this_process(plan.run_number).host;
  started.batch = request_.batch;
  started.from = request_.from;
  started.until = request_.until;
  if (mode_ != StartMode::Restart) {
    started.archived_schedule =
        archive_schedule(plan.schedule_file, run_folder(plan.run_file)).string();
  }
  return started;
}

void Engine::adopt_plan(Start& start, int version, PlanAdopted adopted) {
  start.version = version;
  adopted.version = version;
  adopted.fingerprint = fingerprint(start.plan);
  adopted.accept_drift = request_.accept_drift;
  adopted.redo = request_.redo;
  start.opening.emplace_back(adopted);
  start.record = PlanRecord{.run = start.plan.run_number, .version = version, .plan = start.plan};
}

Start Engine::begin_run() {
  auto loaded = load(request_.schedule, request_.run);
  print_problems(loaded.problems);
  if (has_errors(loaded.problems)) {
    throw CommandError{kExitFileWrong, "the schedule cannot be run; nothing was started"};
  }
  Start start;
  start.plan = std::move(loaded.plan);
  start.history = journal_->events(start.plan.run_number);
  if (!start.history.empty()) {
    throw CommandError{kExitRefused,
                       fmt::format("run {} has been started before; `fatmaster resume {}` goes on "
                                   "with it, `fatmaster history {}` tells about it",
                                   start.plan.run_number,
                                   start.plan.run_number,
                                   start.plan.run_number)};
  }
  RunOpened opened;
  if (loaded.half_done && mode_ == StartMode::Resume) {
    opened.imported_done = loaded.half_done->done;
  } else if (loaded.half_done && !loaded.half_done->complete && mode_ == StartMode::Run) {
    refuse_half_done(loaded.half_done->master_key, start.plan.run_file, request_);
  }
  auto left_out = leave_out_modules(start.plan, {}, request_);
  code_.emplace(code_places(station_, start.plan), KnownCode{});
  code_->learn(refuse_unfit_python(start.plan));
  check(start.plan, invocation_.virtual_station, {});
  opened.schedule_file = start.plan.schedule_file;
  opened.run_file = start.plan.run_file;
  opened.master_key = next_master_key(start.plan.run_file);
  opened.virtual_station = invocation_.virtual_station;
  start.opening.emplace_back(std::move(opened));
  adopt_plan(start, 1, {});
  start.opening.emplace_back(scheduler_started(start.plan));
  std::ranges::move(left_out, std::back_inserter(start.opening));
  CodeAtStart code{*code_, start.plan};
  record_code(start, code, {});
  return start;
}

void Engine::record_code(Start& start, CodeAtStart& code, const KnownCode& known) {
  if (auto seen = code.event(known, request_.accept_drift)) {
    start.opening.emplace_back(std::move(*seen));
  }
}

// After the death of an engine its run goes on as it was, unless it died before there was one.
Start Engine::begin() {
  const auto orphan =
      request_.died.empty() ? std::nullopt : run_of_engines(*journal_, request_.died);
  if (orphan) {
    mode_ = StartMode::Restart;
    return begin_resume(*orphan);
  }
  return request_.schedule.empty() ? begin_resume(choose_run(*journal_, request_.run))
                                   : begin_run();
}

/// Reads the schedule while the journal's side of a long run is put together. The names of its
/// files stay what they were when the run was opened.
std::future<LoadedPlan> Engine::load_meanwhile(const std::vector<StoredEvent>& events) const {
  constexpr std::size_t worth_a_thread = 10'000;
  const auto* opened =
      events.size() < worth_a_thread ? nullptr : std::get_if<RunOpened>(&events.front().event.body);
  if (opened == nullptr || mode_ == StartMode::Restart) {
    return {};
  }
  return std::async(std::launch::async | std::launch::deferred,
                    [this, schedule = opened->schedule_file, run_file = opened->run_file] {
                      return load(schedule, run_file);
                    });
}

/// What a person may not while somebody else has the control. The machine itself goes on.
void Engine::refuse_locked(const RunState& state) const {
  const auto me = person_of(fmt::format("{} (uid {})", acting_person(invocation_), getuid()));
  const auto* lock = state.held_lock(clock_.now());
  if (mode_ != StartMode::Resume || request_.by_service || lock == nullptr ||
      person_of(lock->who) == me) {
    return;
  }
  throw CommandError{
      kExitRefused,
      fmt::format("{} holds the control of the run{}; `fatmaster lock --take-over --reason TEXT` "
                  "takes it over",
                  lock->who,
                  lock->said.note.empty() ? "" : ": " + lock->said.note)};
}

Start Engine::begin_resume(int run) {
  auto events = journal_->events(run);
  auto loading = load_meanwhile(events);
  auto known = load_run(*journal_, run, std::move(events));
  const auto& before = known.campaign->plan();
  const auto& state = known.campaign->state();
  refuse_locked(state);
  const bool open_steps = state.cursor() < before.steps.size();
  const bool asked_for = mode_ != StartMode::Restart;  // else the engine died around its last words
  if (asked_for && state.ended == RunStatus::Completed && !open_steps && request_.redo.empty()) {
    RunJsonFile{before.run_file, clock_, {.version = program_version()}}.write(
        known.campaign->summary(clock_.now()));
    throw CommandError{
        kExitRefused,
        fmt::format("run {} is completed; `fatmaster redo STEP` opens a step again", run)};
  }
  if (state.scheduler.version != program_version()) {
    std::cerr << fmt::format("run {} was driven by fatmaster {} so far, from here on by {}\n",
                             run,
                             state.scheduler.version,
                             program_version());
  }
  if (invocation_.virtual_station && !state.opening.virtual_station) {
    throw CommandError{
        kExitRefused,
        fmt::format("run {} was started on the real bench; --virtual cannot go on with it", run)};
  }
  Start start;
  start.version = state.plan_version;
  start.history = std::move(known.events);
  if (mode_ == StartMode::Restart) {
    start.plan = before;
    code_.emplace(code_places(station_, start.plan), state.code);
    start.opening.emplace_back(scheduler_started(start.plan));
  } else {
    take_up(start,
            *known.campaign,
            loading.valid() ? loading.get() : load(before.schedule_file, before.run_file));
  }
  return start;
}

/// The run goes on with the schedule as it is now, and the edits of the run made again on it. The
/// plan has drifted when the file says something else than the last time it was read.
void Engine::take_up(Start& start, const RunCampaign& known, LoadedPlan loaded) {
  const auto& state = known.state();
  print_problems(loaded.problems);
  if (has_errors(loaded.problems)) {
    throw CommandError{kExitFileWrong, "the schedule cannot be run any more; mend it and resume"};
  }
  auto left_out = leave_out_modules(loaded.plan, state.quarantined, request_);
  const auto print = fingerprint(loaded.plan);
  const bool same = print == state.file_fingerprint;
  auto replayed = replay(std::move(loaded.plan), state.edits);
  start.plan = std::move(replayed.plan);
  CodeAtStart code{code_.emplace(code_places(station_, start.plan), state.code), start.plan};
  refuse_drift(known.plan(),
               start.plan,
               code.changes(),
               request_,
               same ? std::vector<std::string>{} : replayed.lost);
  if (!same || !code.changes().empty()) {
    code.learn(refuse_unfit_python(start.plan));
  }
  check(start.plan, state.opening.virtual_station, state.quarantined);
  if (!same) {
    adopt_plan(start,
               state.plan_version + 1,
               {.file_fingerprint = print, .edits = std::move(replayed.kept)});
  }
  start.opening.emplace_back(scheduler_started(start.plan));
  std::ranges::move(left_out, std::back_inserter(start.opening));
  record_code(start, code, state.code);
}

RunLoopSettings Engine::settings(const Plan& plan, bool virtual_station) const {
  RunLoopSettings settings;
  settings.files = program_files();
  settings.station = station_.folder;
  settings.run_folder = run_folder(plan.run_file);
  settings.socket = control_socket_path(station_.state);
  settings.shared_socket = !station_.group.empty();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    settings.environment.emplace_back(*entry);
  }
  if (request_.as_original) {
    settings.environment.emplace_back("FATMASTER_AS_ORIGINAL=1");
  }
  std::erase_if(settings.environment,
                [](const std::string& entry) { return entry.starts_with("FATMASTER_VIRTUAL="); });
  if (virtual_station) {
    settings.environment.emplace_back("FATMASTER_VIRTUAL=1");
  }
  return settings;
}

int Engine::drive(Start start, SqliteJournal& journal) {
  const int run = start.plan.run_number;
  RunCampaign campaign{start.plan, start.version, past_of(journal)};
  for (const auto& stored : start.history) {
    campaign.apply(stored.event);
  }
  std::vector<Event> opening;
  opening.reserve(start.opening.size());
  for (auto& body : start.opening) {
    opening.push_back(event(run, std::move(body)));
  }
  if (mode_ != StartMode::Restart) {  // else they were reopened when a person said so
    for (auto& body : redo_steps(campaign, clock_.now(), request_)) {
      opening.push_back(event(run, std::move(body)));
    }
  }
  const auto has_folder = [&](const AttemptKey& key, int index) {
    return std::filesystem::exists(attempt_folder(run_folder(start.plan.run_file), key, index));
  };
  for (auto& body : unknown_attempts(start.plan, campaign.state(), mode_, has_folder)) {
    opening.push_back({.run = run, .at = clock_.now(), .who = kProgram, .body = std::move(body)});
  }
  const auto run_json = run_folder(start.plan.run_file);
  RunView view{{.folder = run_json,
                .run = run,
                .shared = !station_.group.empty(),
                .by = fmt::format("{} (uid {})", acting_person(invocation_), getuid())}};
  RunJsonFile record{
      start.plan.run_file, clock_, {.version = program_version(), .station = station_.folder}};
  RunLoop loop{{.campaign = campaign,
                .journal = journal,
                .clock = clock_,
                .record = record,
                .observers = view.observers(),
                .code = code_ ? &*code_ : nullptr},
               settings(start.plan,
                        invocation_.virtual_station || campaign.state().opening.virtual_station)};
  view.attach(loop, campaign, clock_);
  loop.run(opening, start.record ? &*start.record : nullptr);
  view.close();
  const auto summary = loop.summary();
  print("");
  print(summary_table(summary,
                      {.width = output_width(),
                       .colour = wants_colour(STDOUT_FILENO),
                       .all = false,
                       .now = clock_.now().wall}));
  return summary.status == RunStatus::Broken ? kEngineBroken : summary.exit_code;
}

/// What can be refused before anything is written. It is all looked at again when the station is
/// owned.
void Engine::refuse_bad_request() const {
  if (!request_.died.empty()) {
    return;
  }
  if (request_.schedule.empty()) {
    choose_run(*open_journal_to_read(station_), request_.run);
    return;
  }
  auto loaded = load(request_.schedule, request_.run);
  if (has_errors(loaded.problems)) {
    print_problems(loaded.problems);
    throw CommandError{kExitFileWrong, "the schedule cannot be run; nothing was started"};
  }
  leave_out_modules(loaded.plan, {}, request_);
  require_named_steps(loaded.plan, request_);
}

int Engine::run() {
  refuse_bad_request();
  refuse_sick_station(station_, request_);
  std::optional<StationLock> lock;
  try {
    lock.emplace(station_.state, this_process(0), std::chrono::seconds{2}, !station_.group.empty());
  } catch (const StationOwned& error) {
    throw CommandError{kExitOwned, error.what()};
  }
  journal_ = std::make_unique<SqliteJournal>(
      journal_file(station_),
      JournalMode::ReadWrite,
      JournalOptions{.for_group = !station_.group.empty(), .migrations = {}});
  if (const auto& migration = journal_->migrated()) {
    std::cerr << fmt::format(
        "the journal was brought from format {} to {}; the old one is kept as {}\n",
        migration->from,
        migration->to,
        migration->backup.string());
  }
  auto start = begin();
  lock->set_owner(this_process(start.plan.run_number));
  return drive(std::move(start), *journal_);
}

}  // namespace

int run_engine(const Invocation& invocation, const RunRequest& request) {
  return Engine{invocation, request}.run();
}

}  // namespace fat

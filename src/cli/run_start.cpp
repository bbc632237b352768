#include "cli/run_start.hpp"

#include <algorithm>
#include <future>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/bench_check.hpp"
#include "cli/child_environment.hpp"
#include "cli/code_at_start.hpp"
#include "cli/exit_code.hpp"
#include "cli/preflight.hpp"
#include "cli/print.hpp"
#include "cli/start_refusals.hpp"
#include "cli/station_context.hpp"
#include "cli/step_channels.hpp"
#include "cli/step_leases.hpp"
#include "fat/engine/drift.hpp"
#include "fat/engine/plan_editor.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/check_book.hpp"
#include "fat/store/master_view.hpp"
#include "fat/store/run_json_file.hpp"
#include "fat/store/schedule_archive.hpp"
#include "fat/store/station_lock.hpp"
#include "fat/tasks/catalog.hpp"

namespace fat {

namespace {

LoadedPlan load(const std::filesystem::path& schedule,
                const std::string& run_file,
                const StationFile& file,
                Marks marks = Marks::Read) {
  auto loaded =
      load_plan({.schedule = schedule, .run_file = run_file, .current_folder = {}, .marks = marks},
                catalog_of(file.station),
                file);
  const auto unlent = links_never_lent(loaded.plan, file.station);
  const auto channels = wrong_channels(loaded.plan, file.station);
  loaded.problems.insert(loaded.problems.end(), unlent.begin(), unlent.end());
  loaded.problems.insert(loaded.problems.end(), channels.begin(), channels.end());
  return loaded;
}

/// The names of its files stay what they were when the run was opened.
ReadSchedule read_again(const std::filesystem::path& schedule,
                        const std::string& run_file,
                        const StationFile& file) {
  auto loaded = load(schedule, run_file, file, Marks::Ignored);
  auto print = fingerprint(loaded.plan);
  return {.loaded = std::move(loaded), .fingerprint = std::move(print)};
}

class Beginning {
 public:
  Beginning(const Invocation& invocation,
            const RunRequest& request,
            const StationFile& file,
            const SqliteJournal& journal,
            std::optional<ScheduleAhead> ahead)
      : invocation_(invocation),
        request_(request),
        file_(file),
        station_(file.station),
        journal_(journal),
        ahead_(std::move(ahead)),
        mode_(request.mode) {}

  RunStart begin();

 private:
  RunStart begin_run();
  RunStart begin_resume(int run);
  RunStart take_up(KnownRun known, ReadSchedule again);
  PackageFiles refuse_unfit_python(const Plan& plan) const;
  void check(const Plan& plan,
             bool virtual_station,
             const std::map<std::string, Quarantine>& quarantined) const;
  void adopt_plan(RunStart& start,
                  Plan plan,
                  const std::vector<StoredEvent>& history,
                  PlanAdopted adopted);
  void refuse_locked(const RunState& state) const;
  SchedulerStarted scheduler_started(const Plan& plan);

  const Invocation& invocation_;
  const RunRequest& request_;
  const StationFile& file_;
  const Station& station_;
  const SqliteJournal& journal_;
  std::optional<ScheduleAhead> ahead_;
  SystemClock clock_;
  StartMode mode_;
};

/// REQUIRES: the station is ours. An import runs what the lab has written at the top of a module,
/// and nobody else's run may be disturbed by it.
PackageFiles Beginning::refuse_unfit_python(const Plan& plan) const {
  auto found = request_.no_preflight
                   ? PreflightResult{.problems = preflight_left_out(plan), .files = {}}
                   : preflight(plan,
                               {.station = station_.folder,
                                .environment = child_environment(station_),
                                .as_original = request_.as_original});
  print_problems(found.problems);
  if (has_errors(found.problems)) {
    throw CommandError{kExitFileWrong, "the schedule cannot be run; nothing was started"};
  }
  return std::move(found.files);
}

void Beginning::check(const Plan& plan,
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

SchedulerStarted Beginning::scheduler_started(const Plan& plan) {
  SchedulerStarted started;
  started.mode = mode_;
  started.version = program_version();
  started.pid = getpid();
  started.host = this_process(plan.run_number).host;
  started.batch = request_.batch;
  started.from = request_.from;
  started.until = request_.until;
  started.on_call = on_call(station_);
  if (mode_ != StartMode::Restart) {
    started.archived_schedule =
        archive_schedule(plan.schedule_file, run_folder(plan.run_file)).string();
  }
  return started;
}

/// A new version: the history so far belongs to it from now on.
void Beginning::adopt_plan(RunStart& start,
                           Plan plan,
                           const std::vector<StoredEvent>& history,
                           PlanAdopted adopted) {
  adopted.fingerprint = fingerprint(plan);
  adopted.accept_drift = request_.accept_drift;
  adopted.redo = request_.redo;
  start.record = PlanRecord{.run = plan.run_number, .version = adopted.version, .plan = plan};
  start.campaign =
      std::make_unique<RunCampaign>(std::move(plan), adopted.version, past_of(journal_));
  for (const auto& stored : history) {
    start.campaign->apply(stored.event);
  }
  start.opening.emplace_back(std::move(adopted));
}

RunStart Beginning::begin_run() {
  auto loaded = load(request_.schedule, request_.run, file_);
  print_problems(loaded.problems);
  if (has_errors(loaded.problems)) {
    throw CommandError{kExitFileWrong, "the schedule cannot be run; nothing was started"};
  }
  auto& plan = loaded.plan;
  if (!journal_.events(plan.run_number).empty()) {
    throw CommandError{
        kExitRefused,
        fmt::format("run {0} has been started before; `fatmaster resume {0}` goes on "
                    "with it, `fatmaster history {0}` tells about it",
                    plan.run_number)};
  }
  RunOpened opened;
  if (loaded.half_done && mode_ == StartMode::Resume) {
    opened.imported_done = loaded.half_done->done;
  } else if (loaded.half_done && !loaded.half_done->complete && mode_ == StartMode::Run) {
    refuse_half_done(loaded.half_done->master_key, plan.run_file, request_);
  }
  auto left_out = leave_out_modules(plan, {}, request_);
  RunStart start{.mode = mode_, .code = StepCode{code_places(station_, plan), KnownCode{}}};
  start.code.learn(refuse_unfit_python(plan));
  check(plan, invocation_.virtual_station, {});
  opened.schedule_file = plan.schedule_file;
  opened.run_file = plan.run_file;
  opened.master_key = next_master_key(plan.run_file);
  opened.virtual_station = invocation_.virtual_station;
  opened.checks = CheckBook{station_.state}.of_run(plan.run_number);
  start.opening.emplace_back(std::move(opened));
  adopt_plan(start, std::move(plan), {}, {.version = 1});
  start.opening.emplace_back(scheduler_started(start.campaign->plan()));
  std::ranges::move(left_out, std::back_inserter(start.opening));
  CodeAtStart code{start.code, start.campaign->plan()};
  if (auto seen = code.event({}, request_.accept_drift)) {
    start.opening.emplace_back(std::move(*seen));
  }
  return start;
}

// After the death of an engine its run goes on as it was, unless it died before there was one.
RunStart Beginning::begin() {
  const auto orphan =
      request_.died.empty() ? std::nullopt : run_of_engines(journal_, request_.died);
  if (orphan) {
    mode_ = StartMode::Restart;
    return begin_resume(*orphan);
  }
  return request_.schedule.empty() ? begin_resume(choose_run(journal_, request_.run)) : begin_run();
}

/// What a person may not while somebody else has the control. The machine itself goes on.
void Beginning::refuse_locked(const RunState& state) const {
  const auto me =
      person_of(fmt::format("{} (uid {})", acting_person(invocation_, station_), getuid()));
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

RunStart Beginning::begin_resume(int run) {
  auto known = load_run(journal_, run);
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
  if (asked_for) {
    auto again = ahead_ && ahead_->run == run
                     ? ahead_->schedule.get()
                     : read_again(before.schedule_file, before.run_file, file_);
    return take_up(std::move(known), std::move(again));
  }
  RunStart start{.mode = mode_, .code = StepCode{code_places(station_, before), state.code}};
  start.opening.emplace_back(scheduler_started(before));
  start.campaign = std::move(known.campaign);
  return start;
}

/// The run goes on with the schedule as it is now, and the edits of the run made again on it. The
/// plan has drifted when the file says something else than the last time it was read.
RunStart Beginning::take_up(KnownRun known, ReadSchedule again) {
  const auto& state = known.campaign->state();
  auto& loaded = again.loaded;
  print_problems(loaded.problems);
  if (has_errors(loaded.problems)) {
    throw CommandError{kExitFileWrong, "the schedule cannot be run any more; mend it and resume"};
  }
  auto left_out = leave_out_modules(loaded.plan, state.quarantined, request_);
  const bool same = again.fingerprint == state.file_fingerprint;
  auto replayed = replay(std::move(loaded.plan), state.edits);
  const auto& plan = replayed.plan;
  RunStart start{.mode = mode_, .code = StepCode{code_places(station_, plan), state.code}};
  CodeAtStart code{start.code, plan};
  // The same file with the same edits made again is the same plan.
  refuse_drift({.plan = same ? std::vector<Drift>{} : compare(known.campaign->plan(), plan),
                .code = code.changes(),
                .strict_code = plan.strict_code,
                .lost = same ? std::vector<std::string>{} : replayed.lost},
               request_);
  if (!same || !code.changes().empty()) {
    code.learn(refuse_unfit_python(plan));
  }
  check(plan, state.opening.virtual_station, state.quarantined);
  auto started = scheduler_started(plan);
  auto seen = code.event(state.code, request_.accept_drift);
  if (same) {
    start.campaign = std::move(known.campaign);
  } else {
    adopt_plan(start,
               std::move(replayed.plan),
               known.events,
               {.version = state.plan_version + 1,
                .file_fingerprint = std::move(again.fingerprint),
                .edits = std::move(replayed.kept)});
  }
  start.opening.emplace_back(std::move(started));
  std::ranges::move(left_out, std::back_inserter(start.opening));
  if (seen) {
    start.opening.emplace_back(std::move(*seen));
  }
  return start;
}
}  // namespace

void refuse_bad_request(const RunRequest& request, const StationFile& file) {
  if (!request.died.empty()) {
    return;
  }
  if (request.schedule.empty()) {
    choose_run(*open_journal_to_read(file.station), request.run);
    return;
  }
  auto loaded = load(request.schedule, request.run, file);
  if (has_errors(loaded.problems)) {
    print_problems(loaded.problems);
    throw CommandError{kExitFileWrong, "the schedule cannot be run; nothing was started"};
  }
  leave_out_modules(loaded.plan, {}, request);
  require_named_steps(loaded.plan, request);
}

std::optional<ScheduleAhead> read_ahead(const RunRequest& request, const StationFile& file) {
  constexpr std::int64_t worth_a_thread = 10'000;
  if (!request.died.empty() || !request.schedule.empty()) {
    return std::nullopt;
  }
  const auto journal = open_journal_to_read(file.station);
  const int run = choose_run(*journal, request.run);
  const auto first = journal->events(run, 0, 1);
  const auto* opened = first.empty() ? nullptr : std::get_if<RunOpened>(&first.front().event.body);
  if (opened == nullptr || journal->last_id() < worth_a_thread) {
    return std::nullopt;
  }
  return ScheduleAhead{.run = run,
                       .schedule = std::async(
                           std::launch::async | std::launch::deferred,
                           [&file, schedule = opened->schedule_file, run_file = opened->run_file] {
                             return read_again(schedule, run_file, file);
                           })};
}

RunStart begin(const Invocation& invocation,
               const RunRequest& request,
               const StationFile& file,
               const SqliteJournal& journal,
               std::optional<ScheduleAhead> ahead) {
  return Beginning{invocation, request, file, journal, std::move(ahead)}.begin();
}

}  // namespace fat

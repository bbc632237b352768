#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/child_environment.hpp"
#include "cli/doctor.hpp"
#include "cli/exit_code.hpp"
#include "cli/message_delivery.hpp"
#include "cli/own_process.hpp"
#include "cli/print.hpp"
#include "cli/program_files.hpp"
#include "cli/report_command.hpp"
#include "cli/run_request.hpp"
#include "cli/run_start.hpp"
#include "cli/run_view.hpp"
#include "cli/start_refusals.hpp"
#include "cli/station_beside.hpp"
#include "cli/station_context.hpp"
#include "cli/station_guard.hpp"
#include "cli/station_start.hpp"
#include "cli/thread_replies.hpp"
#include "fat/engine/unknown_attempts.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/people/summary_table.hpp"
#include "fat/people/terminal_mode.hpp"
#include "fat/runner/run_loop.hpp"
#include "fat/runner/supervisor.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/run_json_file.hpp"
#include "fat/store/snapshot_restore.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

/// How long the end of a run waits for messages that have not been delivered.
constexpr std::chrono::seconds kMessagePatience{5};

/// How long the start of a run waits for the first readings of a bench that it reads itself.
constexpr Microseconds kFirstReadings = std::chrono::seconds{5};

class Engine {
 public:
  Engine(const Invocation& invocation, const RunRequest& request)
      : invocation_(invocation),
        request_(request),
        file_(open_station(invocation)),
        station_(file_.station) {}

  int run();

 private:
  Event event(int run, EventBody body) const;
  std::vector<Event> opening(RunStart& start) const;
  void tell_afterwards(const RunSummary& summary,
                       const Journal& journal,
                       MessageDelivery& delivery) const;
  void begin_beside(StationBeside& beside, RunLoop& loop, const RunCampaign& campaign) const;
  void show_alarms(MessageDelivery& delivery, RunLoop& loop, RunView& view) const;
  void print_summary(const RunSummary& summary) const;
  int drive(RunStart start, SqliteJournal& journal, StationLock& lock) const;
  RunLoopSettings settings(const Plan& plan, bool virtual_station) const;
  std::unique_ptr<StationBeside> station_beside(const Plan& plan,
                                                bool virtual_run,
                                                BenchGuard& guard,
                                                RunView& view) const;

  const Invocation& invocation_;
  const RunRequest& request_;
  StationFile file_;
  const Station& station_;
  std::string who_;  ///< starts it; known when the journal can be read
  SystemClock clock_;
};

Event Engine::event(int run, EventBody body) const {
  return {.run = run, .at = clock_.now(), .who = who_, .body = std::move(body)};
}

RunLoopSettings Engine::settings(const Plan& plan, bool virtual_station) const {
  RunLoopSettings settings;
  settings.files = program_files();
  settings.station = station_.folder;
  settings.run_folder = run_folder(plan.run_file);
  settings.socket = control_socket_path(station_.state);
  settings.shared_socket = !station_.group.empty();
  if (!station_.channels.empty()) {  // else there is no station process that could keep leases
    for (const auto& device : station_.devices) {
      settings.instruments.push_back(device.name);
    }
  }
  settings.environment = child_environment(station_);
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

/// What came of the run does not depend on a page about it, nor on who could be told.
void Engine::tell_afterwards(const RunSummary& summary,
                             const Journal& journal,
                             MessageDelivery& delivery) const {
  try {
    write_report_page(station_, summary, journal.events(summary.run));
  } catch (const std::exception& error) {
    std::cerr << fmt::format("warning: the report was not written: {}\n", error.what());
  }
  try {
    const auto left = delivery.finish(kMessagePatience);
    for (const auto& text : delivery.alarms()) {
      std::cerr << text << '\n';
    }
    if (!left.empty()) {
      std::cerr << left << '\n';
    }
  } catch (const std::exception& error) {
    std::cerr << fmt::format("warning: nobody can tell which messages were delivered: {}\n",
                             error.what());
  }
}

/// What this start adds to the journal, with what follows from the state it finds.
std::vector<Event> Engine::opening(RunStart& start) const {
  const auto& campaign = *start.campaign;
  const int run = campaign.plan().run_number;
  std::vector<Event> opening;
  opening.reserve(start.opening.size());
  for (auto& body : start.opening) {
    opening.push_back(event(run, std::move(body)));
  }
  if (start.mode != StartMode::Restart) {  // else they were reopened when a person said so
    for (auto& body : redo_steps(campaign, clock_.now(), request_)) {
      opening.push_back(event(run, std::move(body)));
    }
  }
  const auto has_folder = [&](const AttemptKey& key, int index) {
    return std::filesystem::exists(
        attempt_folder(run_folder(campaign.plan().run_file), key, index));
  };
  for (auto& body : unknown_attempts(campaign.plan(), campaign.state(), start.mode, has_folder)) {
    opening.push_back({.run = run, .at = clock_.now(), .who = kProgram, .body = std::move(body)});
  }
  return opening;
}

/// nullptr: the bench has nothing to read, and no service that the run needs.
std::unique_ptr<StationBeside> Engine::station_beside(const Plan& plan,
                                                      bool virtual_run,
                                                      BenchGuard& guard,
                                                      RunView& view) const {
  if (station_.channels.empty() && plan.needs_services.empty()) {
    return nullptr;
  }
  auto words = own_words(invocation_);
  if (virtual_run && !invocation_.virtual_station) {
    words.emplace_back("--virtual");
  }
  words.insert(words.end(), {"station", "--beside", std::to_string(plan.run_number)});
  return std::make_unique<StationBeside>(StationBesideParts{
      .station = station_,
      .clock = clock_,
      .files = bench_files(station_, virtual_run),
      .words = std::move(words),
      .run = plan.run_number,
      .log = run_folder(plan.run_file) / "station.log",
      .tell = [](const auto& text) { print(text + "\n"); },
      .alarm = [this, &view](const auto& text) { view.alarm(text, clock_.now()); },
      .settled = [this, &guard] { return guard.ask(clock_.now()).objection.empty(); }});
}

/// Where steps are at work nothing is waited for: they want their time-outs kept.
void Engine::begin_beside(StationBeside& beside, RunLoop& loop, const RunCampaign& campaign) const {
  const bool at_work = !campaign.open_attempts(clock_.now()).empty();
  beside.begin(at_work ? Microseconds{0} : kFirstReadings);
  loop.every(std::chrono::seconds{1}, [&beside] { beside.keep(); });
}

void Engine::show_alarms(MessageDelivery& delivery, RunLoop& loop, RunView& view) const {
  loop.watch(delivery.alarm_descriptor(), [&delivery, &view, this] {
    for (const auto& text : delivery.alarms()) {
      view.alarm(text, clock_.now());
    }
    return true;
  });
}

void Engine::print_summary(const RunSummary& summary) const {
  print("");
  print(summary_table(summary,
                      {.width = output_width(),
                       .colour = wants_colour(STDOUT_FILENO),
                       .all = false,
                       .now = clock_.now().wall}));
}

int Engine::drive(RunStart start, SqliteJournal& journal, StationLock& lock) const {
  auto& campaign = *start.campaign;
  const auto events = opening(start);
  const auto& run_file = campaign.plan().run_file;
  RunView view{{.folder = run_folder(run_file),
                .run = campaign.plan().run_number,
                .shared = !station_.group.empty(),
                .by = fmt::format("{} (uid {})", who_, getuid())}};
  RunJsonFile record{run_file, clock_, {.version = program_version(), .station = station_.folder}};
  const bool virtual_run = invocation_.virtual_station || campaign.state().opening.virtual_station;
  MessageDelivery delivery{station_,
                           clock_,
                           fmt::format("{}{}, run {}",
                                       virtual_run ? "VIRTUAL  " : "",
                                       station_.name,
                                       campaign.plan().run_number)};
  const auto routes = routes_of(station_);
  const PeopleMessages messages{station_.name, routes, virtual_run};
  auto observers = view.observers();
  observers.push_back(&delivery);
  const auto& needs = campaign.plan().needs_services;
  StationGuard guard{
      station_, bench_files(station_, virtual_run), virtual_run, campaign.plan().run_number, needs};
  RunLoop loop{{.campaign = campaign,
                .journal = journal,
                .clock = clock_,
                .record = record,
                .observers = std::move(observers),
                .code = &start.code,
                .messages = routes.empty() ? nullptr : &messages,
                .guard = station_.interlocks.empty() && needs.empty() ? nullptr : &guard},
               settings(campaign.plan(), virtual_run)};
  view.attach(loop, campaign, clock_);
  if (!routes.empty()) {
    show_alarms(delivery, loop, view);
  }
  ThreadReplies replies{station_, [&delivery](const auto& text) { delivery.say(text); }};
  if (!replies.empty()) {
    loop.every(std::chrono::seconds{1}, [&replies, &campaign, &loop, this] {
      replies.tick(campaign, clock_.now(), [&loop](const Verb& verb) { loop.request(verb); });
    });
  }
  const auto beside = station_beside(campaign.plan(), virtual_run, guard, view);
  if (beside) {
    begin_beside(*beside, loop, campaign);
  }
  loop.run(events, start.record ? &*start.record : nullptr);
  view.close();
  if (beside) {
    say_that_it_ends(lock, campaign.plan().run_number);
    beside->end();
  }
  const auto summary = loop.summary();
  print_summary(summary);
  tell_afterwards(summary, journal, delivery);
  return summary.status == RunStatus::Broken ? kEngineBroken : summary.exit_code;
}

int Engine::run() {
  refuse_bad_request(request_, file_);
  refuse_sick_station(station_, request_);
  std::optional<StationLock> lock;
  try {
    lock.emplace(station_.state, this_process(0), std::chrono::seconds{2}, !station_.group.empty());
  } catch (const StationOwned& error) {
    throw CommandError{kExitOwned, error.what()};
  }
  finish_restore(station_.state);
  auto ahead = read_ahead(request_, file_);
  SqliteJournal journal{journal_file(station_),
                        JournalMode::ReadWrite,
                        JournalOptions{.for_group = !station_.group.empty(), .migrations = {}}};
  if (const auto& migration = journal.migrated()) {
    std::cerr << fmt::format(
        "the journal was brought from format {} to {}; the old one is kept as {}\n",
        migration->from,
        migration->to,
        migration->backup.string());
  }
  who_ = acting_person(invocation_, station_);
  auto start = begin(invocation_, request_, file_, journal, std::move(ahead));
  lock->set_owner(this_process(start.campaign->plan().run_number));
  return drive(std::move(start), journal, *lock);
}

}  // namespace

int run_engine(const Invocation& invocation, const RunRequest& request) {
  return Engine{invocation, request}.run();
}

}  // namespace fat

// A station folder with the journal of a small run, for tests of commands that look at it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "fat/model/run_paths.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "store/temporary_folder.hpp"

namespace fat {

inline Instant second(int number) {
  return {.wall = WallTime{std::chrono::seconds{1795219200}} + std::chrono::seconds{number},
          .boot = std::chrono::hours{1} + std::chrono::seconds{number},
          .boot_id = "boot-1"};
}

inline AttemptKey main_attempt(const std::string& title, int attempt = 1) {
  return {.list = StepList::Main, .title = title, .attempt = attempt};
}

/// Run 12 of three commands: "check" is done; "measure gain" errored once and measured something
/// the second time; "note" has not begun.
class SampleStation {
 public:
  SampleStation() {
    write_text(folder_ / "station.ini", "[station]\nname = sample\ntime_zone = UTC\n");
    plan_.run_number = 12;
    plan_.schedule_file = (folder_ / "schedules/cold.ini").string();
    plan_.run_file = (folder_ / "runs/run/run_00012.json").string();
    plan_.python_path = {folder_.path().string()};
    plan_.modules = {{.serial = "DEgg2021-3-133", .path = "m.json", .port = 0, .host = {}}};
    for (const char* title : {"check", "measure gain", "note"}) {
      Step step;
      step.title = title;
      step.command = "tools/do.sh " + std::string{title};
      step.attempts = 2;
      step.source = {.file = "cold.ini", .line = 3};
      plan_.steps.push_back(step);
    }
    write_text(folder_ / "runs/run/run_00012.json", "{}");
    open_run();
  }

  /// Appends as if it happened `at` seconds after the start.
  void append(int at, EventBody body, const std::string& who = kProgram) {
    SqliteJournal journal{folder_ / "fatmaster.db", JournalMode::ReadWrite};
    journal.append({{.run = 12, .at = second(at), .who = who, .body = std::move(body)}});
  }

  void start(int at, const std::string& title, int attempt = 1) {
    AttemptStarted started;
    started.key = main_attempt(title, attempt);
    started.index = static_cast<int>(*find_step(plan_.steps, title));
    started.token = title + std::to_string(attempt);
    append(at, started);
  }

  void end(int at, const std::string& title, Outcome outcome = Outcome::Done, int attempt = 1) {
    AttemptEnded ended;
    ended.key = main_attempt(title, attempt);
    ended.outcome = outcome;
    ended.reason = outcome == Outcome::Done ? "" : "exit status 3";
    ended.status = outcome == Outcome::Done ? 0 : 3;
    ended.ran = std::chrono::seconds{90};
    ended.processor = std::chrono::seconds{2};
    ended.max_rss_kib = 2048;
    append(at, ended);
  }

  /// check done, measure gain errored, then at work.
  void reach_second_attempt() {
    start(1, "check");
    end(91, "check");
    start(92, "measure gain");
    end(182, "measure gain", Outcome::Errored);
    start(183, "measure gain", 2);
  }

  /// ... and done, then the run is completed.
  void complete() {
    reach_second_attempt();
    AttemptReported said;
    said.key = main_attempt("measure gain", 2);
    said.measurements = {{.module = "DEgg2021-3-133",
                          .channel = "upper",
                          .name = "dark_rate",
                          .value = 3000.5,
                          .unit = "Hz",
                          .limits = {.min = 0, .max = 2600}}};
    said.messages = {{.level = "warning", .text = "fibre \x1b[31mdark"}};
    said.artifacts = {"gain.png"};
    append(200, said);
    end(273, "measure gain", Outcome::Done, 2);
    start(274, "note");
    end(275, "note");
    append(276, RunEnded{.status = RunStatus::Completed, .reason = {}});
  }

  std::filesystem::path attempt(const std::string& title, int number = 1) const {
    return attempt_folder(run_folder(plan_.run_file),
                          main_attempt(title, number),
                          static_cast<int>(*find_step(plan_.steps, title)));
  }

  std::filesystem::path folder() const { return folder_.path(); }

  const Plan& plan() const { return plan_; }

 private:
  void open_run() {
    RunOpened opened;
    opened.schedule_file = plan_.schedule_file;
    opened.run_file = plan_.run_file;
    opened.master_key = "MasterFAT_00";
    PlanAdopted adopted;
    adopted.fingerprint = fingerprint(plan_);
    SchedulerStarted started;
    started.version = "0.1.0";
    started.pid = 4711;
    started.host = "labpc";
    const PlanRecord record{.run = 12, .version = 1, .plan = plan_};
    SqliteJournal journal{folder_ / "fatmaster.db", JournalMode::ReadWrite};
    journal.append({{.run = 12, .at = second(0), .who = "anna", .body = opened},
                    {.run = 12, .at = second(0), .who = "anna", .body = adopted},
                    {.run = 12, .at = second(0), .who = "anna", .body = started}},
                   &record);
  }

  TemporaryFolder folder_;
  Plan plan_;
};

}  // namespace fat

// Events of the run as a whole -> lines.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "people/announcer.hpp"
#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

/// A longer plan is not written out: `fatmaster plan` and `fatmaster list` show it.
constexpr std::size_t kMostStepsListed = 40;

std::string_view outcome_word(const CheckRecord& check) {
  if (check.by_person) {
    return check.good ? "confirmed" : "denied";
  }
  return check.good ? "done" : "failed";
}

std::string line_of_check(const CheckRecord& record) {
  const auto when = to_local_text(record.at);
  const bool of_logbook = record.check == kLogCheck || record.check == kLogbookCheck;
  return of_logbook && !record.note.empty()
             ? fmt::format(
                   "logbook before the start, by {} on {}: {}", record.who, when, record.note)
             : fmt::format("before the start: {} {} by {} on {}{}",
                           record.check,
                           outcome_word(record),
                           record.who,
                           when,
                           record.note.empty() ? "" : ": " + record.note);
}

}  // namespace

void Announcer::tell(const RunOpened& event) {
  say(Urgency::Info,
      fmt::format("run {}: schedule {}, run file {}{}",
                  event_.run,
                  event.schedule_file,
                  event.run_file,
                  event.master_key.empty() ? "" : " (results in " + event.master_key + ")"));
  if (event.virtual_station) {
    say(Urgency::Warning, "this run is on the VIRTUAL station: no real hardware is measured");
  }
  for (const auto& check : event.checks) {
    say(check.good ? Urgency::Info : Urgency::Warning, line_of_check(check));
  }
  if (!event.imported_done.empty()) {
    say(Urgency::Info,
        plural(event.imported_done.size(), "step") +
            " done by the original script are kept as done");
  }
}

void Announcer::tell(const SchedulerStarted& event) {
  const std::string program =
      fmt::format("fatmaster {}, process {} on {}", event.version, event.pid, event.host);
  switch (event.mode) {
    case StartMode::Run:
      say(Urgency::Info, fmt::format("run {} started{} ({})", event_.run, by(), program));
      break;
    case StartMode::Resume:
      say(Urgency::Info,
          fmt::format("run {} resumed{} ({}); so far {}",
                      event_.run,
                      by(),
                      program,
                      to_text(count(campaign_.summary(event_.at).steps))));
      break;
    case StartMode::Restart:
      say(Urgency::Warning,
          fmt::format("the engine had died; it was started again and run {} goes on ({})",
                      event_.run,
                      program));
      break;
  }
  if (!event.from.empty()) {
    say(Urgency::Info, "starts with: " + event.from);
  }
  if (!event.until.empty()) {
    say(Urgency::Info, "ends after: " + event.until);
  }
  if (event.batch) {
    say(Urgency::Info, "batch: nobody is asked; what would wait for a person stops the run");
  }
}

void Announcer::tell(const PlanAdopted& event) {
  if (event.version > 1) {
    say(event.accept_drift.empty() ? Urgency::Info : Urgency::Warning,
        fmt::format("the plan has changed (version {}), accepted{}{}",
                    event.version,
                    by(),
                    because(event.accept_drift)));
  }
  if (!event.redo.empty()) {
    say(Urgency::Info, fmt::format("to be done again: {}", fmt::join(event.redo, ", ")));
  }
  tell_contents();
}

void Announcer::tell_contents() {
  const Plan& plan = campaign_.plan();
  say(Urgency::Info,
      fmt::format("the plan has {} on {}",
                  plural(plan.steps.size(), "step"),
                  plural(plan.modules.size(), "module")));
  for (const ModuleEntry& module : plan.modules) {
    say(Urgency::Info,
        module.port == 0 ? fmt::format("  module {}", module.serial)
                         : fmt::format("  module {} (port {})", module.serial, module.port));
  }
  if (plan.steps.size() > kMostStepsListed) {
    return;
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    say(Urgency::Info, fmt::format("  [{}] {}", i, plan.steps[i].title));
  }
}

void Announcer::tell(const SafeStateStarted& event) {
  say(Urgency::Info, "the safe state begins" + because(event.reason));
}

void Announcer::tell(const SafeStateEnded&) {
  say(Urgency::Info, "safe state: every action has been run");
}

void Announcer::tell(const BreakRequested& event) {
  say(Urgency::Critical,
      fmt::format("the run cannot go on{}; it goes to the safe state", because(event.reason)));
}

void Announcer::tell(const RunEnded& event) {
  const RunSummary summary = campaign_.summary(event_.at);
  const bool well = event.status == RunStatus::Completed && summary.exit_code == 0;
  const Urgency urgency = event.status == RunStatus::Broken ? Urgency::Critical : Urgency::Warning;
  say(well ? Urgency::Info : urgency,
      fmt::format("run {} is {}{}: {}, after {}",
                  event_.run,
                  to_string(event.status),
                  event.reason.empty() ? "" : " (" + event.reason + ")",
                  to_text(count(summary.steps)),
                  to_text(total_time(summary, event_.at.wall))));
  if (event.status != RunStatus::Completed) {
    say(Urgency::Info, "to go on: fatmaster resume");
  }
}

void Announcer::tell(const CodeSeen& event) {
  if (!event.units.empty()) {
    say(Urgency::Info,
        fmt::format("code behind the steps: {}, {} new or changed{}",
                    plural(event.units.size(), "unit"),
                    plural(event.files.size(), "file"),
                    because(event.accept_drift)));
  }
  for (const auto& unit : event.units) {
    say(Urgency::Info, fmt::format("  {}  {}", unit.code, unit.name));
  }
  for (const auto& [folder, commit, state] : event.repositories) {
    say(Urgency::Info,
        fmt::format("  {}: {}{}{}", folder, commit, commit.empty() ? "" : ", ", state));
  }
}

void Announcer::tell(const Noted& event) {
  say(urgency_of(event.level), event.text);
}

}  // namespace fat

// A run's events -> the lines of its logbook.
#include "fat/people/logbook.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/lower_case.hpp"

namespace fat {

namespace {

class LogLines {
 public:
  explicit LogLines(const Event& event) : event_(event) {}

  std::vector<LogLine> lines() && {
    std::visit([this](const auto& body) { on(body); }, event_.body);
    return std::move(lines_);
  }

 private:
  void add(LogKind kind, std::string text, const std::string& reason) {
    lines_.push_back({.run = event_.run,
                      .at = event_.at.wall,
                      .who = event_.who,
                      .kind = kind,
                      .text = std::move(text),
                      .reason = reason});
  }

  void acted(std::string text, const std::string& reason) {
    add(LogKind::Action, std::move(text), reason);
  }

  void became(std::string text, const std::string& reason) {
    add(LogKind::Status, std::move(text), reason);
  }

  void on(const RunOpened& body) {
    std::ranges::transform(body.checks, std::back_inserter(lines_), [this](const auto& record) {
      return log_line_of(record, event_.run);
    });
  }

  void on(const SchedulerStarted& body) {
    became(fmt::format("{} (process {})", to_string(body.mode), body.pid), {});
  }

  void on(const PlanAdopted& body) {
    if (body.version > 1) {
      acted(fmt::format("plan version {}", body.version), body.accept_drift);
    }
  }

  void on(const PlanEdited& body) {
    acted(fmt::format("plan version {}: {} edit{}",
                      body.version,
                      body.edits.size(),
                      body.edits.size() == 1 ? "" : "s"),
          body.reason);
  }

  void on(const AttemptEnded& body) {
    const bool well = body.outcome == Outcome::Done || body.outcome == Outcome::Skipped;
    if (!well && body.key.list != StepList::Backup) {
      add(LogKind::Step,
          fmt::format("'{}' {}", body.key.title, to_string(body.outcome)),
          body.reason);
    }
  }

  void on(const StepResolved& body) {
    acted(fmt::format("'{}' said to be {}", body.title, to_string(body.outcome)), body.reason);
  }

  void on(const StepReopened& body) {
    acted(fmt::format("'{}' to be done again", body.title), body.reason);
  }

  void on(const PromptOpened& body) {
    add(LogKind::Question, fmt::format("question {}: {}", body.prompt.id, body.prompt.text), {});
  }

  void on(const PromptAnswered& body) {
    add(LogKind::Question,
        fmt::format("question {} is answered: {}", body.id, body.value),
        body.reason);
  }

  void on(const PromptWithdrawn& body) {
    add(LogKind::Question,
        fmt::format("question {} needs no answer any more", body.id),
        body.reason);
  }

  void on(const PauseRequested& body) { acted("pause", body.reason); }

  void on(const PauseCancelled& body) { acted("pause taken back", body.reason); }

  void on(const Paused& body) {
    became(body.failure ? fmt::format("paused because of '{}'", body.step) : "paused", body.reason);
  }

  void on(const Continued& body) { acted("continue", body.reason); }

  void on(const StopRequested& body) { acted("stop", body.reason); }

  void on(const StopCancelled& body) { acted("stop taken back", body.reason); }

  void on(const AbortStepRequested& body) {
    acted(fmt::format("abort '{}'", body.title), body.reason);
  }

  void on(const AbortRequested& body) { acted(body.halt ? "halt" : "abort", body.reason); }

  void on(const BreakRequested& body) { became("broken", body.reason); }

  void on(const SafeStateStarted& body) { became("safe state begins", body.reason); }

  void on(const SafeStateEnded& /*body*/) { became("safe state: every action has been run", {}); }

  void on(const RunEnded& body) {
    became(fmt::format("the run is {}", to_string(body.status)), body.reason);
  }

  void on(const ModuleQuarantined& body) {
    acted(fmt::format("{} into quarantine", body.module), body.reason);
  }

  void on(const ModuleReleased& body) {
    acted(fmt::format("{} out of quarantine", body.module), body.reason);
  }

  void on(const ShiftTaken& body) {
    acted(fmt::format(
              "{} {}", body.person, body.handed_over ? "is handed the shift" : "starts a shift"),
          {});
  }

  void on(const Acknowledged& body) {
    acted(fmt::format("acknowledges {}", fmt::join(body.alerts, ", ")), {});
  }

  void on(const PersonCalled& body) {
    acted(fmt::format("{} is called", body.person), "nobody has acknowledged");
  }

  void on(const ControlLocked& body) { acted("takes the control", body.note + body.reason); }

  void on(const ControlUnlocked& body) { acted("gives the control back", body.reason); }

  void on(const Noted& body) {
    if (body.level != "info") {
      became(body.text, {});
    }
  }

  void on(const Logged& body) {
    add(LogKind::Entry, body.text, {});
    lines_.back().attachments = body.attachments;
  }

  template <class Body>
  void on(const Body&) {}  // no line in a logbook

  const Event& event_;
  std::vector<LogLine> lines_;
};

}  // namespace

std::string_view to_string(LogKind kind) {
  switch (kind) {
    case LogKind::Entry:
      return "entry";
    case LogKind::Check:
      return "check";
    case LogKind::Action:
      return "action";
    case LogKind::Status:
      return "status";
    case LogKind::Step:
      return "step";
    case LogKind::Question:
      return "question";
  }
  return "";
}

std::vector<LogLine> log_lines(const Event& event) {
  return LogLines{event}.lines();
}

std::string_view outcome_of(const CheckRecord& record) {
  if (record.by_person) {
    return record.good ? "confirmed" : "denied";
  }
  return record.good ? "done" : "failed";
}

LogLine log_line_of(const CheckRecord& record, int run) {
  const bool written = (record.check == kLogCheck || record.check == kLogbookCheck) &&
                       (!record.note.empty() || !record.attachments.empty());
  return {.run = run,
          .at = record.at,
          .who = record.who,
          .kind = written ? LogKind::Entry : LogKind::Check,
          .text = written ? record.note : fmt::format("{}: {}", record.check, outcome_of(record)),
          .reason = written ? "" : record.note,
          .attachments = record.attachments};
}

bool is_about(const LogLine& line, const std::vector<std::string>& words) {
  std::string all =
      fmt::format("{}\n{}\n{}\n{}", to_string(line.kind), line.who, line.text, line.reason);
  for (const auto& file : line.attachments) {
    all += '\n' + file.name;
  }
  all = lower_case(all);
  return std::ranges::all_of(
      words, [&](const auto& word) { return all.find(lower_case(word)) != std::string::npos; });
}

}  // namespace fat

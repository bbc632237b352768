#include "fat/people/run_report.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/people/logbook.hpp"

namespace fat {

namespace {

class Collector {
 public:
  Collector(std::string station, RunSummary summary) {
    report_.station = std::move(station);
    report_.summary = std::move(summary);
  }

  void take(const Event& event) {
    event_ = &event;
    for (auto& line : log_lines(event)) {
      if (line.kind != LogKind::Question && line.kind != LogKind::Step) {  // reported as such
        report_.actions.push_back({.at = line.at,
                                   .who = std::move(line.who),
                                   .what = std::move(line.text),
                                   .reason = std::move(line.reason)});
      }
    }
    std::visit([this](const auto& body) { on(body); }, event.body);
  }

  RunReport finish() &&;

 private:
  void on(const SchedulerStarted& body);
  void on(const AttemptStarted& body);
  void on(const AttemptReported& body);
  void on(const AttemptEnded& body);
  void on(const PromptOpened& body);
  void on(const PromptAnswered& body);
  void on(const PromptWithdrawn& body);
  void on(const SignalRead& body);
  void on(const CodeSeen& body);

  template <class Body>
  void on(const Body&) {}  // changes nothing that is reported

  ReportedAttempt* find(const AttemptKey& key) {
    const auto found = attempts_.find(key);
    return found == attempts_.end() ? nullptr : &report_.attempts[found->second];
  }

  ReportedPrompt* find_prompt(int id) {
    const auto found = std::ranges::find(
        report_.prompts, id, [](const ReportedPrompt& one) { return one.prompt.id; });
    return found == report_.prompts.end() ? nullptr : &*found;
  }

  RunReport report_;
  const Event* event_ = nullptr;
  std::map<AttemptKey, std::size_t> attempts_;  ///< index of the newest of that key
  KnownCode code_;
};

void Collector::on(const SchedulerStarted& body) {
  auto text = fmt::format("fatmaster {} on {}", body.version, body.host);
  if (std::ranges::find(report_.versions, text) == report_.versions.end()) {
    report_.versions.push_back(std::move(text));
  }
}

void Collector::on(const AttemptStarted& body) {
  attempts_[body.key] = report_.attempts.size();
  ReportedAttempt attempt;
  attempt.key = body.key;
  attempt.index = body.index;
  attempt.kind = body.kind;
  attempt.verify = body.verify;
  attempt.started = event_->at.wall;
  attempt.without = body.without;
  report_.attempts.push_back(std::move(attempt));
}

void Collector::on(const AttemptReported& body) {
  auto* attempt = find(body.key);
  if (attempt == nullptr) {
    return;
  }
  for (const auto& measurement : body.measurements) {
    report_.measurements.push_back({.measurement = measurement,
                                    .verdict = judge(measurement),
                                    .attempt = attempts_.at(body.key)});
  }
  attempt->artifacts.insert(attempt->artifacts.end(), body.artifacts.begin(), body.artifacts.end());
  attempt->verdicts.insert(attempt->verdicts.end(), body.verdicts.begin(), body.verdicts.end());
  std::ranges::copy_if(body.messages, std::back_inserter(attempt->messages), [](const auto& said) {
    return said.level != "info";
  });
}

void Collector::on(const AttemptEnded& body) {
  if (auto* attempt = find(body.key)) {
    attempt->ended = event_->at.wall;
    attempt->outcome = body.outcome;
    attempt->reason = body.reason;
    attempt->ran = body.ran;
  }
}

void Collector::on(const PromptOpened& body) {
  ReportedPrompt prompt;
  prompt.prompt = body.prompt;
  prompt.asked = event_->at.wall;
  report_.prompts.push_back(std::move(prompt));
}

void Collector::on(const PromptAnswered& body) {
  if (auto* prompt = find_prompt(body.id)) {
    prompt->answered = event_->at.wall;
    prompt->value = body.value;
    prompt->who = event_->who;
    prompt->reason = body.reason;
  }
}

void Collector::on(const PromptWithdrawn& body) {
  if (auto* prompt = find_prompt(body.id)) {
    prompt->answered = event_->at.wall;
    prompt->who = event_->who;
    prompt->reason = body.reason;
  }
}

void Collector::on(const SignalRead& body) {
  report_.readings.push_back(
      {.signal = body.signal, .unit = body.unit, .at = body.at, .value = body.value});
}

void Collector::on(const CodeSeen& body) {
  code_.add(body);
}

RunReport Collector::finish() && {
  using Step = std::pair<StepList, std::string>;
  std::map<Step, std::size_t> last;  // attempt of each step that measured last
  for (const auto& one : report_.measurements) {
    const auto& key = report_.attempts[one.attempt].key;
    auto& newest = last[{key.list, key.title}];
    newest = std::max(newest, one.attempt);
  }
  for (auto& one : report_.measurements) {
    const auto& key = report_.attempts[one.attempt].key;
    one.counts = last[{key.list, key.title}] == one.attempt;
  }
  for (const auto& [folder, commit, state] : code_.repositories) {
    report_.code.push_back(fmt::format("{}: git {}, {}", folder, commit, state));
  }
  for (const auto& [name, unit] : code_.units) {
    report_.code.push_back(fmt::format("{}: contents {}", name, unit.code));
  }
  return std::move(report_);
}

}  // namespace

RunReport run_report(std::string station,
                     RunSummary summary,
                     const std::vector<StoredEvent>& events) {
  Collector collector{std::move(station), std::move(summary)};
  for (const auto& stored : events) {
    collector.take(stored.event);
  }
  return std::move(collector).finish();
}

Verdict verdict_of(const RunReport& report, const std::string& module, const std::string& channel) {
  auto verdict = Verdict::NotRun;
  for (const auto& [measurement, judged, attempt, counts] : report.measurements) {
    if (counts && judged && measurement.module == module && measurement.channel == channel) {
      verdict = worst(verdict, *judged);
    }
  }
  return verdict;
}

}  // namespace fat

#include "cli/run_metrics.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace fat {

namespace {

double run_moment(WallTime when) {
  return std::chrono::duration<double>{when.time_since_epoch()}.count();
}

/// The families of one run.
class RunPage {
 public:
  explicit RunPage(const RunSummary& summary) : summary_(summary) {}

  std::vector<MetricFamily> families() {
    add("fatmaster_run_info",
        "1: the newest run, what it works on",
        {{.labels = labels({{"schedule", summary_.schedule_file},
                            {"virtual", summary_.virtual_station ? "true" : "false"}}),
          .value = 1}});
    add_states();
    add_steps();
    add_people();
    add_modules();
    add_times();
    return std::move(families_);
  }

 private:
  MetricLabels labels(MetricLabels more = {}) const {
    more.insert(more.begin(), {"run", std::to_string(summary_.run)});
    return more;
  }

  void add(std::string name,
           std::string help,
           std::vector<MetricSample> samples,
           MetricKind kind = MetricKind::Gauge) {
    families_.push_back({.name = std::move(name),
                         .help = std::move(help),
                         .kind = kind,
                         .samples = std::move(samples)});
  }

  template <class Number>
  void add_number(std::string name, std::string help, Number number) {
    add(std::move(name),
        std::move(help),
        {{.labels = labels(), .value = static_cast<double>(number)}});
  }

  void add_states() {
    std::vector<MetricSample> samples;
    for (const auto status : {RunStatus::Idle,
                              RunStatus::Running,
                              RunStatus::Pausing,
                              RunStatus::Paused,
                              RunStatus::Waiting,
                              RunStatus::Suspended,
                              RunStatus::Stopping,
                              RunStatus::Stopped,
                              RunStatus::Aborting,
                              RunStatus::Aborted,
                              RunStatus::Completed,
                              RunStatus::Broken}) {
      samples.push_back({.labels = labels({{"state", std::string{to_string(status)}}}),
                         .value = summary_.status == status ? 1.0 : 0.0});
    }
    add("fatmaster_run_state", "1 for the state that the run is in", std::move(samples));
  }

  void add_steps() {
    std::map<std::string, int> counts{{"pending", 0}, {"open", 0}};
    for (const auto outcome : {Outcome::Done,
                               Outcome::Errored,
                               Outcome::Skipped,
                               Outcome::Interrupted,
                               Outcome::Aborted}) {
      counts[std::string{to_string(outcome)}] = 0;
    }
    std::set<std::string> open;
    for (const auto& attempt : summary_.open) {
      if (attempt.key.list == StepList::Main) {
        open.insert(attempt.key.title);
      }
    }
    int attempts = 0;
    for (const auto& step : summary_.steps) {
      attempts += step.attempts;
      const std::string without = open.contains(step.title) ? "open" : "pending";
      ++counts[step.outcome ? std::string{to_string(*step.outcome)} : without];
    }
    std::vector<MetricSample> samples;
    samples.reserve(counts.size());
    for (const auto& [state, count] : counts) {
      samples.push_back(
          {.labels = labels({{"state", state}}), .value = static_cast<double>(count)});
    }
    add("fatmaster_run_steps",
        "Steps of the plan by how they ended, open: at work, pending: not begun; the sum is the "
        "whole plan",
        std::move(samples));
    add("fatmaster_run_attempts_total",
        "Attempts at steps of the plan so far",
        {{.labels = labels(), .value = static_cast<double>(attempts)}},
        MetricKind::Counter);
    add_number("fatmaster_run_open_attempts",
               "Attempts at work now, of the safe state and backups too",
               summary_.open.size());
  }

  void add_people() {
    add_number(
        "fatmaster_run_open_prompts", "Questions that wait for a person", summary_.prompts.size());
    add_number("fatmaster_run_open_alerts",
               "Things that need a person, acknowledged or not",
               summary_.alerts.size());
    std::vector<MetricSample> oldest;
    if (!summary_.prompt_times.empty()) {
      oldest.push_back(
          {.labels = labels(), .value = run_moment(summary_.prompt_times.front().asked)});
    }
    add("fatmaster_run_oldest_prompt_timestamp_seconds",
        "When the question that waits for longest was asked, Unix time",
        std::move(oldest));
  }

  void add_modules() {
    std::map<Verdict, int> verdicts{{Verdict::NotRun, 0},
                                    {Verdict::Passed, 0},
                                    {Verdict::Marginal, 0},
                                    {Verdict::Inconclusive, 0},
                                    {Verdict::Failed, 0}};
    for (const auto& module : summary_.modules) {
      ++verdicts[module.verdict];
    }
    std::vector<MetricSample> samples;
    samples.reserve(verdicts.size());
    for (const auto& [verdict, count] : verdicts) {
      samples.push_back({.labels = labels({{"verdict", std::string{to_string(verdict)}}}),
                         .value = static_cast<double>(count)});
    }
    add("fatmaster_run_modules", "Modules of the run by their verdict so far", std::move(samples));
    add_number("fatmaster_run_quarantined_modules",
               "Modules that the following steps run without",
               std::ranges::count_if(summary_.modules, &ModuleSummary::quarantined));
  }

  void add_time(std::string name, std::string help, const std::optional<WallTime>& when) {
    std::vector<MetricSample> samples;
    if (when) {
      samples.push_back({.labels = labels(), .value = run_moment(*when)});
    }
    add(std::move(name), std::move(help), std::move(samples));
  }

  void add_times() {
    add_time(
        "fatmaster_run_started_timestamp_seconds", "When it began, Unix time", summary_.started);
    add_time("fatmaster_run_ended_timestamp_seconds", "When it ended, Unix time", summary_.ended);
    std::optional<WallTime> expected;
    if (summary_.eta && summary_.eta->end) {
      expected = summary_.eta->end->likely;
    }
    add_time("fatmaster_run_expected_end_timestamp_seconds",
             "When it is expected to end, without the time until people answer, Unix time",
             expected);
  }

  const RunSummary& summary_;
  std::vector<MetricFamily> families_;
};

}  // namespace

std::vector<MetricFamily> run_metrics(const RunSummary& summary) {
  return RunPage{summary}.families();
}

MetricFamily message_metrics(const std::vector<ChannelCount>& counts) {
  std::map<MessageFate, int> all{{MessageFate::Waiting, 0},
                                 {MessageFate::Delivered, 0},
                                 {MessageFate::Repeated, 0},
                                 {MessageFate::Dead, 0}};
  for (const auto& channel : counts) {
    for (const auto& [fate, count] : channel.messages) {
      all[fate] += count;
    }
  }
  MetricFamily family{.name = "fatmaster_outbox_messages",
                      .help =
                          "Messages for people by what became of them, of all runs and sinks; "
                          "dead: given up",
                      .kind = MetricKind::Gauge,
                      .samples = {}};
  for (const auto& [fate, count] : all) {
    family.samples.push_back(
        {.labels = {{"fate", std::string{to_string(fate)}}}, .value = static_cast<double>(count)});
  }
  return family;
}

}  // namespace fat

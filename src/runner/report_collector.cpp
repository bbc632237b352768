#include "runner/report_collector.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/report_line.hpp"

namespace fat {

namespace {

/// Warnings about unreadable lines that are passed on; the rest is counted in silence, or a broken
/// step would flood the journal.
constexpr int kWarningLimit = 10;

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

ReportCollector::ReportCollector(AttemptKey key,
                                 const Step* step,
                                 std::uint64_t offset,
                                 ReadingFilter* filter)
    : key_(std::move(key)), filter_(filter) {
  if (step != nullptr) {
    promised_ = step->measurements;
  }
  report_.event.key = key_;
  report_.event.report_offset = offset;
}

void ReportCollector::warn(std::string text) {
  ++bad_lines_;
  if (bad_lines_ <= kWarningLimit) {
    text += bad_lines_ == kWarningLimit ? "; no further line like this is told" : "";
    report_.event.messages.push_back({"warning", std::move(text)});
    news_ = true;
    only_progress_ = false;
  }
}

void ReportCollector::add(std::string_view line) {
  const auto parsed = parse_report_file_line(line);
  if (!parsed) {
    warn("a line of the report file is damaged and was left out");
    return;
  }
  keep(parse_report(parsed->report), parsed->at);
}

// The limits a step promised stand where the report names none; never for a value in another unit.
void ReportCollector::measure(const Measurement& measurement) {
  auto& event = report_.event;
  auto& kept = event.measurements.emplace_back(measurement);
  const auto promised = std::ranges::find_if(
      promised_, [&](const auto& one) { return one.name == measurement.name; });
  if (promised == promised_.end()) {
    return;
  }
  if (kept.unit.empty()) {
    kept.unit = promised->unit;
  }
  const bool judged = promised->min || promised->max;
  if (!judged || kept.limits.min || kept.limits.max) {
    return;
  }
  if (!promised->unit.empty() && kept.unit != promised->unit) {
    event.verdicts.push_back(
        {kept.module,
         Verdict::Inconclusive,
         fmt::format("{} came in {}, its limits are in {}", kept.name, kept.unit, promised->unit)});
    return;
  }
  kept.limits.min = promised->min;
  kept.limits.max = promised->max;
}

bool ReportCollector::keep_reading(const ReadingReport& said, WallTime at) {
  SignalRead reading{
      .signal = said.name, .value = said.value, .unit = said.unit, .at = at, .from = key_.title};
  const bool news = filter_ == nullptr || filter_->is_news(reading);
  if (news) {
    report_.readings.push_back(std::move(reading));
  }
  return news;
}

void ReportCollector::keep(const Report& report, WallTime at) {
  auto& event = report_.event;
  const bool was_only_progress = only_progress_;
  const bool had_news = news_;
  news_ = true;
  only_progress_ = false;
  std::visit(
      Overloaded{[&](const ProgressReport& said) {
                   event.progress = said.fraction;
                   event.progress_text = said.text;
                   only_progress_ = was_only_progress;
                 },
                 [&](const Heartbeat&) { only_progress_ = was_only_progress; },
                 [&](const MeasurementReport& said) { measure(said.measurement); },
                 [&](const ModuleReport& said) {
                   event.modules.push_back({said.module, said.state == "responsive", said.reason});
                   report_.urgent = true;
                 },
                 [&](const ArtifactReport& said) { event.artifacts.push_back(said.file); },
                 [&](const MessageReport& said) {
                   event.messages.push_back({said.level, said.text});
                   report_.urgent = report_.urgent || said.level != "info";
                 },
                 [&](const VerdictReport& said) {
                   event.verdicts.push_back({said.module, said.verdict, said.reason});
                 },
                 [&](const CheckpointReport& said) { event.checkpoint = said.text; },
                 [&](const ReadingReport& said) {
                   only_progress_ = !keep_reading(said, at) && was_only_progress;
                 },
                 [&](const PromptReport& said) {
                   report_.questions.push_back(said.prompt);
                   report_.urgent = true;
                 },
                 [&](const UnknownReport& said) {
                   news_ = had_news;
                   only_progress_ = was_only_progress;
                   warn("a report was not understood: " + said.why);
                 }},
      report);
}

CollectedReport ReportCollector::take() {
  CollectedReport taken = std::move(report_);
  report_ = {};
  report_.event.key = key_;
  report_.event.report_offset = taken.event.report_offset;
  news_ = false;
  only_progress_ = true;
  return taken;
}

std::vector<EventBody> events_of(CollectedReport report, int last_prompt) {
  const auto key = report.event.key;
  std::vector<EventBody> bodies{std::move(report.event)};
  for (auto& reading : report.readings) {
    bodies.emplace_back(std::move(reading));
  }
  for (auto& prompt : report.questions) {
    prompt.id = ++last_prompt;
    prompt.purpose = PromptPurpose::StepQuestion;
    prompt.step = key.title;
    bodies.emplace_back(PromptOpened{std::move(prompt), key});
  }
  return bodies;
}

}  // namespace fat

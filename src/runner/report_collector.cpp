#include "runner/report_collector.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/report_line.hpp"

namespace fat {

namespace {

/// Warnings about unreadable lines that are passed on; the rest is counted in silence, or a broken
/// step would flood the journal.
constexpr int kWarningLimit = 10;

/// The limits a step promised stand where the report names none.
void add_promised_limits(Measurement& measurement,
                         const std::vector<PromisedMeasurement>& promised) {
  const auto found = std::find_if(promised.begin(), promised.end(), [&](const auto& one) {
    return one.name == measurement.name;
  });
  if (found == promised.end()) {
    return;
  }
  auto& limits = measurement.limits;
  if (!limits.min && !limits.max) {
    limits.min = found->min;
    limits.max = found->max;
  }
  if (measurement.unit.empty()) {
    measurement.unit = found->unit;
  }
}

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

ReportCollector::ReportCollector(AttemptKey key, const Step* step, std::uint64_t offset)
    : key_(std::move(key)) {
  if (step != nullptr) {
    promised_ = step->measurements;
  }
  report_.event.key = key_;
  report_.event.report_offset = offset;
}

void ReportCollector::warn(std::string text) {
  if (++warnings_ <= kWarningLimit) {
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
  keep(parse_report(parsed->report));
}

void ReportCollector::keep(const Report& report) {
  auto& event = report_.event;
  const bool was_only_progress = only_progress_;
  news_ = true;
  only_progress_ = false;
  std::visit(
      Overloaded{
          [&](const ProgressReport& said) {
            event.progress = said.fraction;
            event.progress_text = said.text;
            only_progress_ = was_only_progress;
          },
          [&](const Heartbeat&) { only_progress_ = was_only_progress; },
          [&](const MeasurementReport& said) {
            event.measurements.push_back(said.measurement);
            add_promised_limits(event.measurements.back(), promised_);
          },
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
          [&](const ReadingReport&) { only_progress_ = was_only_progress; },
          [&](const PromptReport& said) {
            report_.questions.push_back(said.prompt);
            report_.urgent = true;
          },
          [&](const UnknownReport& said) { warn("a report was not understood: " + said.why); }},
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

}  // namespace fat

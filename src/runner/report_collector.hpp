// Lines of an attempt's report file -> the event that keeps what is worth keeping, and the
// questions the step asks. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/report_line.hpp"
#include "runner/reading_filter.hpp"

namespace fat {

/// What was collected since the last take().
struct CollectedReport {
  AttemptReported event;
  std::vector<Prompt> questions;
  std::vector<SignalRead> readings;
  bool urgent = false;  ///< somebody waits for it: a question, a module's state, a critical message
};

/// All of it as events, to be made durable together. Its questions are numbered from `last_prompt`
/// on.
std::vector<EventBody> events_of(CollectedReport report, int last_prompt);

class ReportCollector {
 public:
  /// `step` may be null (it left the plan): then nothing is promised. `filter` says which readings
  /// are kept, and outlives this object; without one all are.
  ReportCollector(AttemptKey key,
                  const Step* step,
                  std::uint64_t offset,
                  ReadingFilter* filter = nullptr);

  /// One complete line of report.jsonl, without its line end.
  void add(std::string_view line);

  /// False when there is nothing to tell since the last take(); `offset` alone is nothing to tell.
  bool has_news() const { return news_; }

  /// Only progress was reported: it can wait.
  bool only_progress() const { return only_progress_; }

  /// The file has been read up to here.
  void set_offset(std::uint64_t offset) { report_.event.report_offset = offset; }

  std::uint64_t offset() const { return report_.event.report_offset; }

  CollectedReport take();

  /// Lines that could not be understood so far; only the first of them are told.
  int bad_lines() const { return bad_lines_; }

 private:
  void keep(const Report& report, WallTime at);
  bool keep_reading(const ReadingReport& said, WallTime at);
  void measure(const Measurement& measurement);
  void warn(std::string text);

  AttemptKey key_;
  ReadingFilter* filter_;
  std::vector<PromisedMeasurement> promised_;
  CollectedReport report_;
  bool news_ = false;
  bool only_progress_ = true;
  int bad_lines_ = 0;
};

}  // namespace fat

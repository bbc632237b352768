// One line of a step's report channel (DESIGN 7) -> what the step says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "fat/model/measurement.hpp"
#include "fat/model/prompt.hpp"

namespace fat {

struct ProgressReport {
  double fraction = 0;  ///< 0..1
  std::string text;
};

struct Heartbeat {};

struct MeasurementReport {
  Measurement measurement;
};

struct ModuleReport {
  std::string module;
  std::string state;  ///< "responsive" or "unresponsive"
  std::string reason;
};

struct ArtifactReport {
  std::string file;  ///< relative to the attempt folder, never outside it
  std::string mime;
};

struct MessageReport {
  std::string text;
  std::string level;  ///< "info", "warning" or "critical"
};

struct VerdictReport {
  std::string module;
  Verdict verdict = Verdict::Inconclusive;
  std::string reason;
};

struct CheckpointReport {
  std::string text;
};

struct ReadingReport {
  std::string name;
  double value = 0;
  std::string unit;
};

struct PromptReport {
  Prompt prompt;  ///< id, purpose and step are not the step's to choose
};

/// A line that is none of these; said as a warning, never a crash.
struct UnknownReport {
  std::string why;
};

using Report = std::variant<ProgressReport,
                            Heartbeat,
                            MeasurementReport,
                            ModuleReport,
                            ArtifactReport,
                            MessageReport,
                            VerdictReport,
                            CheckpointReport,
                            ReadingReport,
                            PromptReport,
                            UnknownReport>;

/// Parses one line as the step wrote it. Hostile text gives UnknownReport. Text is cut to 4 KiB a
/// field and freed of control characters; nesting is limited.
Report parse_report(std::string_view line);

/// One line of report.jsonl as the shim wrote it: {"at":<microseconds UTC>,"report":<the step's
/// line>}. nullopt when it is not.
struct ReportFileLine {
  WallTime at;
  std::string_view report;  ///< into the text that was parsed
};

std::optional<ReportFileLine> parse_report_file_line(std::string_view line);

}  // namespace fat

// A run's events -> everything that is worth reporting of it; that -> a page, data, tables.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/run_summary.hpp"
#include "fat/ports/journal.hpp"

namespace fat {

/// One value, with the attempt that measured it.
struct ReportedMeasurement {
  Measurement measurement;
  std::optional<Verdict> verdict;  ///< none: a record without limits
  std::size_t attempt = 0;         ///< index in RunReport::attempts
  bool counts = true;              ///< false: a later attempt of the step measured again
};

struct ReportedAttempt {
  AttemptKey key;
  int index = 0;  ///< of the step in its list
  StepKind kind = StepKind::Command;
  bool verify = false;
  WallTime started;
  std::optional<WallTime> ended;  ///< none: still open
  std::optional<Outcome> outcome;
  std::string reason;
  Microseconds ran{0};
  std::vector<std::string> without;             ///< serials in quarantine
  std::vector<std::string> artifacts;           ///< names in the attempt's folder
  std::vector<AttemptReported::Said> messages;  ///< warning and critical
  std::vector<AttemptReported::ModuleVerdict> verdicts;
};

struct ReportedPrompt {
  Prompt prompt;
  WallTime asked;
  std::optional<WallTime> answered;  ///< or withdrawn
  std::string value, who, reason;    ///< value empty: withdrawn, or still open
};

/// What a person did, or what happened to the run as a whole.
struct ReportedAction {
  WallTime at;
  std::string who, what, reason;
};

/// A signal of the station as it was read.
struct ReportedReading {
  std::string signal, unit;
  WallTime at;
  double value = 0;
};

struct RunReport {
  std::string station;
  RunSummary summary;
  std::vector<ReportedAttempt> attempts;  ///< in order of their start
  std::vector<ReportedMeasurement> measurements;
  std::vector<ReportedPrompt> prompts;
  std::vector<ReportedAction> actions;  ///< verbs, plan changes, quarantines, safe states
  std::vector<ReportedReading> readings;
  std::vector<std::string> versions;  ///< "fatmaster 0.1.0 on bench7", in order of their starts
  std::vector<std::string> code;      ///< "lab.freezer: git 1a2b3c, modified"
};

/// Pure. `events` are all of the run, oldest first.
RunReport run_report(std::string station,
                     RunSummary summary,
                     const std::vector<StoredEvent>& events);

/// The worst of what counts of one module and channel ("" : of the module as a whole); NotRun when
/// nothing was judged.
Verdict verdict_of(const RunReport& report, const std::string& module, const std::string& channel);

/// Reads an artifact: its bytes, or nullopt when it is gone or too large.
using ArtifactReader = std::function<std::optional<std::string>(const ReportedAttempt& attempt,
                                                                const std::string& name)>;

/// One page that needs nothing else: no network, no script. Pictures are in it until
/// `kMostPictures` bytes are used; further ones are linked, relative to the run's folder. Text of
/// strangers stays text.
std::string report_html(const RunReport& report, const ArtifactReader& read, WallTime now);

inline constexpr std::size_t kMostPictures = 3U << 20U;

/// The same as data; the schema stands in src/people/README.md. Stable: fields are added, never
/// renamed.
std::string report_json(const RunReport& report);

/// One row per measurement, in the order in which they were made; the first row names the columns.
std::string report_csv(const RunReport& report);

/// A test suite per module, a test case per measurement that counts; for viewers of continuous
/// integration.
std::string report_junit(const RunReport& report);

}  // namespace fat

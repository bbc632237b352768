// A run's events -> the lines of its logbook; those lines -> text, Markdown, CSV, JSON.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/event.hpp"

namespace fat {

/// Entry: written by a person. Check: done, confirmed or denied before the run. Action: what a
/// person asked for. Status: what became of the run. Step: one that did not end well. Question:
/// asked or answered.
enum class LogKind { Entry, Check, Action, Status, Step, Question };

std::string_view to_string(LogKind kind);

struct LogLine {
  int run = 0;
  WallTime at;
  std::string who;  ///< kProgram: nobody asked for it
  LogKind kind = LogKind::Entry;
  std::string text;  ///< of an entry several lines; text of strangers as it was stored
  std::string reason;
  std::vector<LogAttachment> attachments;
};

/// What a logbook says about the event. Empty for most.
std::vector<LogLine> log_lines(const Event& event);
/// The same of what was written down before the run began.
LogLine log_line_of(const CheckRecord& record, int run);
/// What became of it in a word: "confirmed", "denied", "done", "failed".
std::string_view outcome_of(const CheckRecord& record);

/// Whether each of the words occurs in the line, capital or not.
bool is_about(const LogLine& line, const std::vector<std::string>& words);

/// Where an attachment lies, as it is to be written.
using LogFileName = std::function<std::string(const LogAttachment&)>;

/// For a terminal: foreign text is safe.
std::string logbook_text(const std::vector<LogLine>& lines);
/// A heading for each run; what would be markup in foreign text is escaped.
std::string logbook_markdown(const std::vector<LogLine>& lines,
                             const std::string& station,
                             const LogFileName& file);
/// One row per line; the first row names the columns. A spreadsheet calculates nothing of it.
std::string logbook_csv(const std::vector<LogLine>& lines, const LogFileName& file);
/// {"schema": 1, "entries": [...]}; src/people/README.md.
std::string logbook_json(const std::vector<LogLine>& lines, const LogFileName& file);

}  // namespace fat

// Text -> ANSI colours: the eight that every terminal has.
#include "people/paint.hpp"

#include <fmt/format.h>

namespace fat {
namespace {

std::string_view code_of(Paint paint) {
  switch (paint) {
    case Paint::Plain:
      return "";
    case Paint::Good:
      return "32";
    case Paint::Waiting:
      return "33";
    case Paint::Bad:
      return "1;31";
    case Paint::Faint:
      return "2";
    case Paint::Strong:
      return "1";
  }
  return "";
}

}  // namespace

std::string painted(std::string_view text, Paint paint, bool wanted) {
  const auto code = code_of(paint);
  if (!wanted || code.empty() || text.empty()) {
    return std::string{text};
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

Paint paint_of(RunStatus status) {
  switch (status) {
    case RunStatus::Idle:
      return Paint::Plain;
    case RunStatus::Running:
    case RunStatus::Completed:
      return Paint::Good;
    case RunStatus::Pausing:
    case RunStatus::Paused:
    case RunStatus::Waiting:
    case RunStatus::Suspended:
    case RunStatus::Stopping:
    case RunStatus::Stopped:
      return Paint::Waiting;
    case RunStatus::Aborting:
    case RunStatus::Aborted:
    case RunStatus::Broken:
      return Paint::Bad;
  }
  return Paint::Plain;
}

Paint paint_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Done:
      return Paint::Good;
    case Outcome::Skipped:
      return Paint::Waiting;
    case Outcome::Errored:
    case Outcome::Interrupted:
    case Outcome::Aborted:
      return Paint::Bad;
  }
  return Paint::Plain;
}

Paint paint_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::NotRun:
      return Paint::Plain;
    case Verdict::Passed:
      return Paint::Good;
    case Verdict::Marginal:
    case Verdict::Inconclusive:
      return Paint::Waiting;
    case Verdict::Failed:
      return Paint::Bad;
  }
  return Paint::Plain;
}

std::string capitals(std::string_view word) {
  std::string result{word};
  for (char& letter : result) {
    if (letter >= 'a' && letter <= 'z') {
      letter = static_cast<char>(letter - 'a' + 'A');
    }
  }
  return result;
}

}  // namespace fat

// Outcomes and verdicts <-> their words; the worse of two verdicts.
#include "fat/model/outcome.hpp"

#include <algorithm>

#include "model/words.hpp"

namespace fat {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::Done:
      return "done";
    case Outcome::Errored:
      return "errored";
    case Outcome::Skipped:
      return "skipped";
    case Outcome::Interrupted:
      return "interrupted";
    case Outcome::Aborted:
      return "aborted";
  }
  return kNoSuchWord;
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  return parse_word(text, Outcome::Aborted);
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::NotRun:
      return "not_run";
    case Verdict::Passed:
      return "passed";
    case Verdict::Marginal:
      return "marginal";
    case Verdict::Inconclusive:
      return "inconclusive";
    case Verdict::Failed:
      return "failed";
  }
  return kNoSuchWord;
}

std::optional<Verdict> parse_verdict(std::string_view text) {
  return parse_word(text, Verdict::Failed);
}

Verdict worst(Verdict one, Verdict other) {
  return std::max(one, other);
}

}  // namespace fat

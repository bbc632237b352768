// When a run is expected to end and to need a person, and how people are told.
#pragma once

#include <optional>
#include <string>

#include "fat/model/instant.hpp"

namespace fat {

/// 10, 50 and 90 % of what may come: in four cases of five it happens between `early` and `late`.
struct TimeRange {
  WallTime early, likely, late;
};

struct HumanAction {
  std::string step;  ///< title; empty when the run as a whole waits
  std::string what;  ///< the question, or "the run is paused"
  TimeRange when;    ///< now when somebody is waited for already
};

/// The time until people answer cannot be known and is not counted; neither are failures.
struct Eta {
  WallTime asked;                ///< the moment it was made for
  std::optional<TimeRange> end;  ///< absent when the run has ended
  std::optional<HumanAction> next_person;
  std::optional<HumanAction> then_person;  ///< the next one, when somebody is waited for already
  int questions_ahead = 0;                 ///< asked or still to be asked before the end
  int estimated_steps = 0;                 ///< never ran here: their task's own estimate is counted
  int guessed_steps = 0;                   ///< neither a past nor an estimate
};

/// "2026-11-21 03:20 (02:50 to 04:10)" in local time; the range is left out when it is within a
/// minute.
std::string to_text(const TimeRange& range);

/// "in about 5 h 20 min, 2026-11-21 03:20 (02:50 to 04:10)". Empty when the run has ended.
std::string end_text(const Eta& eta);

/// "in about 40 min, 2026-11-21 09:40 (09:35 to 09:50)"; "now" when somebody is waited for. Empty
/// when nobody is needed any more.
std::string person_text(const Eta& eta);

/// "answered now, the run ends ..., and the next person is needed ...". Empty when the run has
/// ended.
std::string after_answer_text(const Eta& eta);

/// What is not counted, and what the expectation rests on besides this station's history: "plus the
/// time until 2 questions are answered; 3 steps never ran here: guessed, 10 min each". May be
/// empty.
std::string conditions_text(const Eta& eta);

/// All of it, in one to three lines.
std::string to_text(const Eta& eta);

}  // namespace fat

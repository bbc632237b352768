// A question to a person: stored, typed, answerable from anywhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

enum class PromptKind { Ok, Choice, Number, Text };

std::string_view to_string(PromptKind kind);
std::optional<PromptKind> parse_prompt_kind(std::string_view text);

/// Why the run asks. Decides what an answer does.
enum class PromptPurpose {
  ManualInput,   ///< the step is the question: yes -> done, no -> the run stops
  StepQuestion,  ///< asked by a running step through its report channel
  Recovery,      ///< an interrupted attempt: rerun / done / failed / skip, with a reason
  Failure,       ///< a failure pause: retry / continue / stop
};

std::string_view to_string(PromptPurpose purpose);
std::optional<PromptPurpose> parse_prompt_purpose(std::string_view text);

struct Prompt {
  int id = 0;  ///< counts from 1 within a run
  PromptPurpose purpose = PromptPurpose::ManualInput;
  PromptKind kind = PromptKind::Ok;
  std::string step;  ///< title
  std::string text;
  std::vector<std::string> choices;      ///< of kind Choice
  std::string default_value;             ///< taken at `deadline`; empty: no default
  std::optional<Microseconds> deadline;  ///< after opening
  std::optional<Microseconds> remind_every;
  std::vector<std::string> escalate_to;  ///< persons called in turn instead of the station's
  bool reason_required = false;

  bool operator==(const Prompt&) const = default;
};

/// The accepted form of an answer ("y" -> "yes", "RERUN" -> "rerun"), or nullopt when it is not
/// valid for the prompt. An Ok prompt takes yes/y/ok and no/n; an empty line is never an answer
/// unless there is a default.
std::optional<std::string> parse_answer(const Prompt& prompt, std::string_view text);

/// "yes or no", "one of rerun, done, failed, skip", "a number", for messages.
std::string expected_answers(const Prompt& prompt);

}  // namespace fat

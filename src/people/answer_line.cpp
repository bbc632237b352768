// Keys -> an answer to the oldest open prompt.
#include "people/answer_line.hpp"

#include <utility>

#include <fmt/format.h>

#include "people/words.hpp"

namespace fat {
namespace {

bool is_blank(const std::string& text) {
  return text.find_first_not_of(' ') == std::string::npos;
}

bool wants_reason(const Prompt& prompt, const std::string& value) {
  return prompt.reason_required || (prompt.purpose == PromptPurpose::ManualInput && value == "no");
}

}  // namespace

bool AnswerLine::follow(const std::vector<Prompt>& prompts) {
  const int before = prompt_ ? prompt_->id : 0;
  const int after = prompts.empty() ? 0 : prompts.front().id;
  if (before == after) {
    return false;
  }
  const bool was_typing = reasoning_ || !editor_.text().empty();
  start_again();
  prompt_ = prompts.empty() ? std::nullopt : std::optional{prompts.front()};
  if (was_typing) {
    hint_ = fmt::format("question {} needs no answer any more: what you typed is dropped", before);
  }
  return true;
}

void AnswerLine::start_again() {
  editor_.clear();
  value_.clear();
  reasoning_ = false;
}

Key AnswerLine::feed(char byte) {
  const bool nothing_left = editor_.text().empty();
  const Key key = editor_.feed(byte);
  if (!prompt_) {
    editor_.clear();
    return key == Key::Help || key == Key::Redraw ? key : Key::None;
  }
  if (key == Key::Edited) {
    hint_.clear();
    if (reasoning_ && nothing_left && editor_.text().empty()) {
      start_again();  // Backspace or Ctrl-U on an empty reason: back to the answer
    }
  }
  return key;
}

std::optional<TypedAnswer> AnswerLine::enter() {
  if (!prompt_) {
    return std::nullopt;
  }
  const std::string line = printable(editor_.text());
  if (reasoning_) {
    if (is_blank(line)) {
      hint_ = "a reason is needed (Backspace goes back to the answer)";
      return std::nullopt;
    }
    TypedAnswer answer{.prompt = prompt_->id, .value = value_, .reason = line};
    start_again();
    return answer;
  }
  const auto value = parse_answer(*prompt_, line);
  editor_.clear();
  if (!value) {
    hint_ = is_blank(line)
                ? fmt::format("an empty line is no answer: {}", expected_answers(*prompt_))
                : fmt::format("'{}' is no answer: {}", line, expected_answers(*prompt_));
    return std::nullopt;
  }
  hint_.clear();
  if (!wants_reason(*prompt_, *value)) {
    return TypedAnswer{.prompt = prompt_->id, .value = *value, .reason = ""};
  }
  value_ = *value;
  reasoning_ = true;
  return std::nullopt;
}

TypedLine AnswerLine::typed() const {
  return {.text = editor_.text(), .value = value_, .reason = reasoning_};
}

}  // namespace fat

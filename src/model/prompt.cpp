// Prompts <-> words, and the text a person typed -> the accepted answer.
#include "fat/model/prompt.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/lower_case.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/trimmed.hpp"
#include "model/words.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestAnswer = 65'536;

bool is_one_of(std::string_view word, const auto& words) {
  return std::ranges::any_of(
      words, [&](std::string_view known) { return lower_case(known) == lower_case(word); });
}

std::optional<std::string> parse_yes_or_no(std::string_view word) {
  constexpr std::array<std::string_view, 3> yes_words{"yes", "y", "ok"};
  constexpr std::array<std::string_view, 2> no_words{"no", "n"};
  if (is_one_of(word, yes_words)) {
    return "yes";
  }
  return is_one_of(word, no_words) ? std::optional<std::string>{"no"} : std::nullopt;
}

/// The choice as it is spelled in the prompt; an exact one before one that differs in case.
std::optional<std::string> parse_choice(const std::vector<std::string>& choices,
                                        std::string_view word) {
  if (std::ranges::find(choices, word) != choices.end()) {
    return std::string{word};
  }
  const auto same = std::ranges::find_if(
      choices, [&](const std::string& choice) { return lower_case(choice) == lower_case(word); });
  return same == choices.end() ? std::nullopt : std::optional{*same};
}

std::optional<std::string> parse_word_of_kind(const Prompt& prompt, std::string_view word) {
  switch (prompt.kind) {
    case PromptKind::Ok:
      return parse_yes_or_no(word);
    case PromptKind::Choice:
      return parse_choice(prompt.choices, word);
    case PromptKind::Number:
      return parse_number(word) ? std::optional<std::string>{word} : std::nullopt;
    case PromptKind::Text:
      return plain_text(word, kLongestAnswer);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(PromptKind kind) {
  switch (kind) {
    case PromptKind::Ok:
      return "ok";
    case PromptKind::Choice:
      return "choice";
    case PromptKind::Number:
      return "number";
    case PromptKind::Text:
      return "text";
  }
  return kNoSuchWord;
}

std::optional<PromptKind> parse_prompt_kind(std::string_view text) {
  return parse_word(text, PromptKind::Text);
}

std::string_view to_string(PromptPurpose purpose) {
  switch (purpose) {
    case PromptPurpose::ManualInput:
      return "manual_input";
    case PromptPurpose::StepQuestion:
      return "step_question";
    case PromptPurpose::Recovery:
      return "recovery";
    case PromptPurpose::Failure:
      return "failure";
  }
  return kNoSuchWord;
}

std::optional<PromptPurpose> parse_prompt_purpose(std::string_view text) {
  return parse_word(text, PromptPurpose::Failure);
}

std::optional<std::string> parse_answer(const Prompt& prompt, std::string_view text) {
  if (text.size() > kLongestAnswer) {
    return std::nullopt;
  }
  auto word = trimmed_of_blanks(text);
  if (word.empty()) {
    word = trimmed_of_blanks(prompt.default_value);
  }
  if (word.empty()) {
    return std::nullopt;
  }
  const auto answer = parse_word_of_kind(prompt, word);
  return answer && !answer->empty() ? answer : std::nullopt;
}

std::string expected_answers(const Prompt& prompt) {
  switch (prompt.kind) {
    case PromptKind::Ok:
      return "yes or no";
    case PromptKind::Choice:
      return fmt::format("one of {}", fmt::join(prompt.choices, ", "));
    case PromptKind::Number:
      return "a number";
    case PromptKind::Text:
      return "a line of text";
  }
  return "";
}

}  // namespace fat

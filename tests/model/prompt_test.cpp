// What a person typed -> the accepted answer.
#include "fat/model/prompt.hpp"

#include <string>

#include <gtest/gtest.h>

namespace fat {

namespace {

Prompt prompt_of(PromptKind kind,
                 std::vector<std::string> choices = {},
                 std::string standard = "") {
  Prompt prompt;
  prompt.kind = kind;
  prompt.choices = std::move(choices);
  prompt.default_value = std::move(standard);
  return prompt;
}

const std::vector<std::string> kChoices{"rerun", "done", "Done", "skip"};

}  // namespace

TEST(ParseAnswer, TakesYesAndNoInTheirShortForms) {
  const auto prompt = prompt_of(PromptKind::Ok);

  for (const std::string text : {"yes", "Y", "ok", " OK \r\n"}) {
    EXPECT_EQ(parse_answer(prompt, text), "yes") << text;
  }
  for (const std::string text : {"no", "N"}) {
    EXPECT_EQ(parse_answer(prompt, text), "no") << text;
  }
  for (const std::string text : {"", "maybe", "yes!", "nope", "yes no"}) {
    EXPECT_EQ(parse_answer(prompt, text), std::nullopt) << text;
  }
}

TEST(ParseAnswer, GivesAChoiceAsThePromptSpellsIt) {
  const auto prompt = prompt_of(PromptKind::Choice, kChoices);

  EXPECT_EQ(parse_answer(prompt, "RERUN"), "rerun");
  EXPECT_EQ(parse_answer(prompt, "Done"), "Done");
  EXPECT_EQ(parse_answer(prompt, "done"), "done");
  EXPECT_EQ(parse_answer(prompt, "re"), std::nullopt);
}

TEST(ParseAnswer, TakesNumbersAndTexts) {
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Number), " -4.5 "), "-4.5");
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Number), "nan"), std::nullopt);
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Text), " all fine \n"), "all fine");
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Text), "a\x1b[2Jb"), "a[2Jb");
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Text), "\x1b"), std::nullopt);
}

TEST(ParseAnswer, TakesAnEmptyLineForTheDefaultOnly) {
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Ok, {}, "y"), ""), "yes");
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Choice, kChoices, "skip"), " \n"), "skip");
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Choice, kChoices, "lost"), ""), std::nullopt);
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Text), ""), std::nullopt);
}

TEST(ParseAnswer, RefusesAnAnswerWithoutEnd) {
  EXPECT_EQ(parse_answer(prompt_of(PromptKind::Text), std::string(65'537, 'x')), std::nullopt);
}

TEST(ExpectedAnswers, SayWhatMayBeTyped) {
  EXPECT_EQ(expected_answers(prompt_of(PromptKind::Ok)), "yes or no");
  EXPECT_EQ(expected_answers(prompt_of(PromptKind::Choice, {"rerun", "skip"})),
            "one of rerun, skip");
  EXPECT_EQ(expected_answers(prompt_of(PromptKind::Number)), "a number");
}

}  // namespace fat

#include "fat/model/plan_edit.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace fat {

namespace {

using ::testing::IsEmpty;

Step settle() {
  Step step;
  step.title = "settle";
  step.kind = StepKind::Wait;
  step.task = "wait_time";
  step.arguments = {{.name = "duration", .value = "4 h"}};
  step.needs = {"freezer"};
  step.after = {"freeze"};
  return step;
}

std::vector<PlanEdit> every_kind() {
  auto longer = settle();
  longer.arguments.front().value = "6 h";
  return {PlanEdit::insert(settle(), "freeze"),
          PlanEdit::move("gain", ""),
          PlanEdit::drop("dark rate"),
          PlanEdit::replace(settle(), longer)};
}

TEST(PlanEdit, ArrivesAsItWasSent) {
  const auto sent = every_kind();

  const auto arrived = plan_edits_from_json_text(to_json_text(sent));

  ASSERT_EQ(arrived.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(arrived[i].kind, sent[i].kind);
    EXPECT_EQ(arrived[i].title, sent[i].title);
    EXPECT_EQ(arrived[i].behind, sent[i].behind);
    EXPECT_EQ(arrived[i].was, sent[i].was);
    ASSERT_EQ(arrived[i].step.has_value(), sent[i].step.has_value());
    if (sent[i].step) {
      EXPECT_EQ(fingerprint(*arrived[i].step), fingerprint(*sent[i].step));
    }
  }
}

TEST(PlanEdit, NoEditsAreAnEmptyList) {
  EXPECT_THAT(plan_edits_from_json_text(to_json_text(std::vector<PlanEdit>{})), IsEmpty());
}

TEST(PlanEdit, RefusesWhatIsNoListOfEdits) {
  for (const auto* text : {"",
                           "{",
                           "{}",
                           "[7]",
                           R"([{"kind": "paint", "title": "a"}])",
                           R"([{"kind": "drop", "title": 7}])",
                           R"([{"kind": "insert", "title": "a", "step": "a"}])"}) {
    EXPECT_THROW(plan_edits_from_json_text(text), std::invalid_argument) << text;
  }
}

TEST(PlanEdit, IsToldInWords) {
  const auto edits = every_kind();

  EXPECT_EQ(in_words(edits[0]), "inserted 'settle' behind 'freeze'");
  EXPECT_EQ(in_words(edits[1]), "moved 'gain' to the front");
  EXPECT_EQ(in_words(edits[2]), "dropped 'dark rate'");
  EXPECT_EQ(in_words(edits[3]), "changed 'settle'");
}

}  // namespace

}  // namespace fat

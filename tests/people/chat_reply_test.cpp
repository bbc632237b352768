// What somebody wrote in a run's thread -> the verb that it asks for.
#include "fat/people/chat_reply.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::HasSubstr;

class ReplyInAThread : public testing::Test {
 protected:
  ReplyInAThread() {
    people_ = {{.name = "anna", .slack = "U0ANNA", .may_answer = true},
               {.name = "ben", .slack = "U0BEN", .may_answer = false}};
    ask(PromptKind::Ok);
  }

  void ask(PromptKind kind, std::vector<std::string> choices = {}, bool reason = false) {
    Prompt prompt;
    prompt.id = static_cast<int>(prompts_.size()) + 3;
    prompt.kind = kind;
    prompt.choices = std::move(choices);
    prompt.reason_required = reason;
    Alert alert;
    alert.id = std::to_string(prompt.id);
    alert.prompt = prompt.id;
    book_.alerts.push_back(alert);
    about_.push_back(alert.id);
    prompts_.push_back(prompt);
  }

  std::optional<Verb> read(const std::string& text, const std::string& member = "U0ANNA") {
    return verb_of({.channel = "chat",
                    .ts = "1503435956.000247",
                    .member = member,
                    .text = text,
                    .about = about_},
                   {.prompts = prompts_, .book = book_, .people = people_});
  }

  /// "3=yes (reason)", "ack 3", "no: why", "-".
  std::string in_short(const std::string& text, const std::string& member = "U0ANNA") {
    const auto verb = read(text, member);
    if (!verb) {
      return "-";
    }
    if (!verb->reply->why_not.empty()) {
      return "no: " + verb->reply->why_not;
    }
    if (verb->kind == VerbKind::Acknowledge) {
      return "ack " + verb->value;
    }
    return std::to_string(verb->prompt) + "=" + verb->value +
           (verb->reason.empty() ? "" : " (" + verb->reason + ")");
  }

  std::vector<Prompt> prompts_;
  CallBook book_;
  std::vector<Person> people_;
  std::vector<std::string> about_;
};

TEST_F(ReplyInAThread, IsAnAnswerInMoreThanOneWay) {
  for (const char* text : {"yes",
                           "Yes.",
                           " *yes* ",
                           "`yes`",
                           "answer yes",
                           "answer 3 yes",
                           "fatmaster answer 3 yes",
                           "<@U0BOT> yes"}) {
    EXPECT_EQ(in_short(text), text[0] == 'Y' ? "3=Yes" : "3=yes") << text;
  }
  EXPECT_EQ(in_short("no because the lid is open"), "3=no (the lid is open)");
  EXPECT_EQ(in_short("answer 3 no --reason 'the lid is open'"), "3=no (the lid is open)");
  EXPECT_EQ(read("yes")->who, "anna at slack");
}

TEST_F(ReplyInAThread, IsNoAnswerWhenItMayBeTalk) {
  EXPECT_EQ(in_short("no idea what that means, I will look at it"), "-");
  EXPECT_EQ(in_short("ok let me look at the freezer first"), "-");
  EXPECT_THAT(in_short("ok"), HasSubstr("no: 'ok' is no answer to question 3; write: yes or no"));
  EXPECT_THAT(in_short("maybe"), HasSubstr("write: yes or no"));
  EXPECT_THAT(in_short("no idea"), HasSubstr("no: 'no idea' is no answer"));
  EXPECT_EQ(in_short(""), "-");
}

TEST_F(ReplyInAThread, CountsOnlyOfThoseWhoMay) {
  EXPECT_THAT(in_short("yes", "U0BEN"), HasSubstr("no: answers of ben do not count here"));
  EXPECT_THAT(in_short("yes", "U0EVE"), HasSubstr("no: answers of unlisted people do not count"));
  EXPECT_THAT(in_short("ack", "U0EVE"), HasSubstr("do not count"));
  EXPECT_EQ(in_short("hello", "U0EVE"), "-");
}

TEST_F(ReplyInAThread, ThatWasWrittenBeforeTheQuestionNeverAnswersIt) {
  about_ = {};
  EXPECT_EQ(in_short("yes"), "-");
  about_ = {"2"};  // an older one, answered meanwhile: the run says so
  EXPECT_EQ(in_short("yes"), "2=yes");
  EXPECT_THAT(in_short("answer 3 yes"), HasSubstr("no: question 3 was asked after this"));
  EXPECT_EQ(in_short("ack"), "ack 2");
}

TEST_F(ReplyInAThread, NamesTheQuestionWhenThereAreSeveral) {
  ask(PromptKind::Number);
  EXPECT_EQ(in_short("yes"), "0=yes");  // the run asks which
  EXPECT_EQ(in_short("answer 4 12.5"), "4=12.5");
  EXPECT_EQ(in_short("12.5"), "0=12.5");
  EXPECT_EQ(in_short("ack"), "ack 3 4");
  EXPECT_EQ(in_short("ACK 4"), "ack 4");
}

TEST_F(ReplyInAThread, ChoosesAndSaysWhy) {
  prompts_.clear();
  book_ = {};
  about_ = {};
  ask(PromptKind::Choice, {"rerun", "done", "skip"}, true);
  EXPECT_EQ(in_short("rerun because it was off"), "3=rerun (it was off)");
  EXPECT_EQ(in_short("rerun"), "3=rerun");  // the run asks for the reason
  EXPECT_THAT(in_short("retry"), HasSubstr("write: rerun or done or skip because WHY"));
}

TEST_F(ReplyInAThread, IsATextOnlyWhenItSaysSo) {
  prompts_.clear();
  book_ = {};
  about_ = {};
  ask(PromptKind::Text);
  EXPECT_EQ(in_short("I am on my way to the lab"), "-");
  EXPECT_EQ(in_short("answer 3 box 7 and 8"), "3=box 7 and 8");
  EXPECT_EQ(how_to_reply(prompts_[0]), "answer 3 TEXT");
}

}  // namespace
}  // namespace fat

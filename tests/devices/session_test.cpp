// What all conversations have in common: suspicion, repeating, pauses, and what an error says.
#include "devices/session.hpp"

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "devices/process_link.hpp"
#include "devices/scripted_link.hpp"
#include "fakes/patience.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

constexpr DeviceCommand kAsk{"value?", is_number, true};
constexpr DeviceCommand kMove{"move?", is_number, false};
constexpr DeviceCommand kSet{"set", nullptr, false};

class LineSession : public Session {
 public:
  using Session::Session;

 protected:
  Exchange synchronise() override { return drain(); }

  std::unique_ptr<Framer> framer(const std::string&) const override {
    return std::make_unique<LineFramer>("\n");
  }

  bool refuses(std::string_view reply) const override { return reply == "no"; }
};

class SessionTest : public ::testing::Test {
 protected:
  /// Answers the n-th line by the n-th entry; the last one goes on.
  void answer_by(std::vector<std::vector<Piece>> answers) { answers_ = std::move(answers); }

  DeviceError error_of(const DeviceCommand& command) {
    try {
      session_.ask(command, std::string{command.words});
    } catch (const DeviceError& error) {
      return error;
    }
    return {DeviceFault::Refused, "nobody", "no error at all"};
  }

  ManualClock clock_;
  std::vector<std::vector<Piece>> answers_;
  std::size_t asked_ = 0;
  ScriptedLink* link_ = new ScriptedLink{clock_, [this](const std::string&) {
                                           const auto now = std::min(asked_++, answers_.size() - 1);
                                           return answers_[now];
                                         }};
  LineSession session_{{.clock = clock_,
                        .device = "gauge",
                        .link = std::unique_ptr<Link>{link_},
                        .timeouts = {},
                        .locks = {}}};
};

TEST_F(SessionTest, AnErrorSaysDeviceLinkCommandReplyAndTime) {
  answer_by({{{.bytes = "1\x02"}}});

  EXPECT_STREQ(error_of(kMove).what(),
               "gauge: script: 'move?': nothing in time; came back: \"1\\x02\"; took 200 ms");
}

TEST_F(SessionTest, ALateReplyNeverAnswersTheNextQuestion) {
  link_->keeps_late = true;
  answer_by({{{.bytes = "1\n", .after = 1050ms}}, {{.bytes = "2\n"}}});

  EXPECT_EQ(error_of(kMove).fault(), DeviceFault::Timeout);
  EXPECT_EQ(session_.ask(kMove, "move?"), "2");
  EXPECT_EQ(link_->opened, 2);
}

TEST_F(SessionTest, WhatComesUnaskedMakesTheLinkSuspect) {
  answer_by({{{.bytes = "1\n"}, {.bytes = "1\n"}}, {{.bytes = "2\n"}}});

  EXPECT_EQ(session_.ask(kMove, "move?"), "1");
  EXPECT_EQ(session_.ask(kMove, "move?"), "2");
  EXPECT_EQ(link_->opened, 2);
}

TEST_F(SessionTest, OnlyWhatMayBeRepeatedIsRepeated) {
  answer_by({{}, {{.bytes = "7\n"}}});
  EXPECT_EQ(session_.ask(kAsk, "value?"), "7");

  asked_ = 0;
  link_->sent.clear();
  EXPECT_EQ(error_of(kMove).fault(), DeviceFault::Timeout);
  EXPECT_THAT(link_->sent, ElementsAre("move?\n"));
}

TEST_F(SessionTest, APeerThatClosesIsAnErrorAtOnce) {
  answer_by({{{.closes = true}}});
  const auto start = clock_.now().boot;

  EXPECT_EQ(error_of(kAsk).fault(), DeviceFault::Closed);
  EXPECT_LE(clock_.now().boot - start, 300ms);  // the silence of two new links, no time-out
}

TEST_F(SessionTest, ARefusalLeavesTheLinkAsItIs) {
  answer_by({{{.bytes = "no\n"}}, {{.bytes = "3\n"}}});

  EXPECT_EQ(error_of(kAsk).fault(), DeviceFault::Refused);
  EXPECT_EQ(session_.ask(kAsk, "value?"), "3");
  EXPECT_EQ(link_->opened, 1);
}

TEST_F(SessionTest, AReplyOfAnotherFormIsNotAValue) {
  answer_by({{{.bytes = "abc\n"}}});

  EXPECT_EQ(error_of(kAsk).fault(), DeviceFault::Garbled);
  EXPECT_FALSE(link_->is_open);
}

TEST_F(SessionTest, AReplyThatNeverEndsIsGivenUp) {
  answer_by({std::vector<Piece>(2000, Piece{.bytes = std::string(100, '1'), .after = 90ms})});

  EXPECT_EQ(error_of(kMove).fault(), DeviceFault::Timeout);
}

TEST_F(SessionTest, NothingIsAwaitedWhereNothingIsAnswered) {
  answer_by({{}});
  const auto start = clock_.now().boot;

  EXPECT_EQ(session_.ask(kSet, "set"), "");
  EXPECT_LE(clock_.now().boot - start, 100ms);
}

TEST_F(SessionTest, WhoMayNotSpeakLetsTheWireGoAllTheSame) {
  answer_by({{{.bytes = "1\n"}}});
  session_.open();
  link_->others_turn = true;

  EXPECT_EQ(error_of(kAsk).fault(), DeviceFault::Busy);
  EXPECT_TRUE(link_->is_open);
  session_.close();
  EXPECT_FALSE(link_->is_open);
  link_->others_turn = false;
  EXPECT_EQ(session_.ask(kAsk, "value?"), "1");
}

TEST_F(SessionTest, ThePanelIsFreedByWordsWhereThereAreSome) {
  answer_by({{}});

  EXPECT_FALSE(session_.free_panel(""));
  EXPECT_TRUE(session_.free_panel("LOCAL"));
  EXPECT_THAT(link_->sent, ElementsAre("LOCAL\n"));
  link_->calls_until_lost = 1;  // the first finds out that nothing came unasked
  try {
    session_.free_panel("LOCAL");
    FAIL() << "nothing was sent";
  } catch (const DeviceError& error) {
    EXPECT_EQ(error.fault(), DeviceFault::Closed);
  }
}

TEST_F(SessionTest, ADeviceThatNeverStopsSendingIsGivenUp) {
  link_->keeps_late = true;
  std::vector<Piece> flood(5000, Piece{.bytes = std::string(1000, '1')});
  flood.insert(flood.begin(), Piece{.bytes = "1\n"});
  answer_by({flood, {{.bytes = "2\n"}}});
  EXPECT_EQ(session_.ask(kMove, "move?"), "1");

  const auto error = error_of(kMove);

  EXPECT_EQ(error.fault(), DeviceFault::Garbled);
  EXPECT_THAT(error.what(), ::testing::HasSubstr("does not stop sending"));
}

// It was ended with each turn on the wire, and every question started it anew.
TEST(SessionOverAProgram, KeepsItFromQuestionToQuestion) {
  const BootClock clock;
  LineSession session{{.clock = clock,
                       .device = "gauge",
                       .link = std::make_unique<ProcessLink>(std::vector<std::string>{
                           "sh", "-c", "while read line; do echo $$; done"}),
                       .timeouts = {.first_byte = kPatience, .whole_reply = kPatience},
                       .locks = {}}};

  const auto first = session.ask(kAsk, "value?");

  EXPECT_EQ(session.ask(kAsk, "value?"), first);
}

}  // namespace
}  // namespace fat

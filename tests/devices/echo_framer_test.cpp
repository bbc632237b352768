// Echo and prompt, byte by byte.
#include "devices/echo_framer.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using State = EchoFramer::State;

TEST(EchoFramer, TakesTheEchosLineEndForThePromptsWhenNothingIsPrinted) {
  EchoFramer framer{"enableHV"};

  EXPECT_EQ(framer.feed("enableHV\r\n> "), State::Complete);
  EXPECT_EQ(framer.body(), "");
}

TEST(EchoFramer, GivesWhatStandsBetweenEchoAndPrompt) {
  EchoFramer framer{"flashLS"};

  EXPECT_EQ(framer.feed("flashLS\r\na b\r\nc d\r\n> "), State::Complete);
  EXPECT_EQ(framer.body(), "a b\r\nc d");
}

TEST(EchoFramer, FindsTheSameReplyHoweverItIsCut) {
  const std::string reply = "icmID\r\n0123\r\n> ";
  for (std::size_t cut = 1; cut < reply.size(); ++cut) {
    EchoFramer framer{"icmID"};
    EXPECT_EQ(framer.feed(reply.substr(0, cut)), State::NeedsMore) << cut;
    EXPECT_EQ(framer.feed(reply.substr(cut)), State::Complete) << cut;
    EXPECT_EQ(framer.body(), "0123");
  }
}

TEST(EchoFramer, RefusesAnotherCommandsReplyAtItsFirstWrongByte) {
  EchoFramer framer{"fpgaVersion .s drop"};

  EXPECT_EQ(framer.feed("ic"), State::NotTheEcho);
}

TEST(EchoFramer, RefusesTheEndOfALateReplyInFrontOfTheEcho) {
  EchoFramer framer{"icmID"};

  EXPECT_EQ(framer.feed("\r\n> icmID\r\n0123\r\n> "), State::NotTheEcho);
}

TEST(EchoFramer, RefusesWhatGoesOnAfterThePrompt) {
  EchoFramer framer{"icmID"};

  EXPECT_EQ(framer.feed("icmID\r\n0123\r\n> icmID\r\n0123\r\n> "), State::PastThePrompt);
}

TEST(EchoFramer, BoundsAReplyThatNeverEnds) {
  EchoFramer framer{"icmID"};
  framer.feed("icmID\r\n");
  const std::string chunk(4096, 'x');
  int fed = 0;
  while (framer.feed(chunk) == State::NeedsMore && fed < 100) {
    ++fed;
  }

  EXPECT_EQ(fed, 15);
}

}  // namespace
}  // namespace fat

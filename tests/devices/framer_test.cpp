// Where replies end, byte by byte.
#include "devices/framer.hpp"

#include <set>
#include <string_view>

#include <gmock/gmock.h>

namespace fat {
namespace {

using State = Framer::State;

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

  EXPECT_EQ(framer.feed("ic"), State::WrongStart);
}

TEST(EchoFramer, RefusesTheEndOfALateReplyInFrontOfTheEcho) {
  EchoFramer framer{"icmID"};

  EXPECT_EQ(framer.feed("\r\n> icmID\r\n0123\r\n> "), State::WrongStart);
}

TEST(EchoFramer, RefusesWhatGoesOnAfterThePrompt) {
  EchoFramer framer{"icmID"};

  EXPECT_EQ(framer.feed("icmID\r\n0123\r\n> icmID\r\n0123\r\n> "), State::PastTheEnd);
}

TEST(EchoFramer, BoundsAReplyThatNeverEnds) {
  EchoFramer framer{"icmID"};
  framer.feed("icmID\r\n");
  const std::string chunk(4096, 'x');
  int fed = 0;
  auto state = State::NeedsMore;
  while ((state = framer.feed(chunk)) == State::NeedsMore && fed < 100) {
    ++fed;
  }

  EXPECT_EQ(fed, 15);
  EXPECT_EQ(state, State::TooLong);
}

TEST(EchoFramer, KnowsInstrumentsThatEndLinesByOneByte) {
  EchoFramer framer{"pos?", "\r"};

  EXPECT_EQ(framer.feed("pos?\r3\r> "), State::Complete);
  EXPECT_EQ(framer.body(), "3");
}

TEST(BlockFramer, CountsBytesAndNeverTakesThemForAPrompt) {
  const std::string block = "a\r\n> b";
  for (const char* const end : {"> ", "\r\n> "}) {
    BlockFramer framer{"dump", block.size()};
    EXPECT_EQ(framer.feed("dump\r\n" + block), State::NeedsMore);
    EXPECT_EQ(framer.feed(end), State::Complete);
    EXPECT_EQ(framer.body(), block);
  }
}

TEST(BlockFramer, RefusesATextInPlaceOfTheBlock) {
  BlockFramer framer{"dump", 4};

  EXPECT_EQ(framer.feed("dump\r\nError: stack underflow\r\n> "), State::PastTheEnd);
}

TEST(LineFramer, TakesAnyTextForTheEnd) {
  for (const std::string end : {"\r", "\n", "\r\n", ";FF"}) {
    LineFramer framer{end};
    EXPECT_EQ(framer.feed("7.6E+02"), State::NeedsMore);
    EXPECT_EQ(framer.feed(end), State::Complete);
    EXPECT_EQ(framer.body(), "7.6E+02");
    EXPECT_EQ(framer.feed("x"), State::PastTheEnd);
  }
}

TEST(ChecksumFramer, KnowsTheChecksumsOfTheReference) {
  EXPECT_EQ(spellman_checksum("10,4095,"), 'u');
  EXPECT_EQ(spellman_checksum("28,"), 'j');
  ChecksumFramer framer{Checksum::Spellman};
  EXPECT_EQ(framer.feed("\x02"
                        "10,4095,u\x03"),
            State::Complete);
  EXPECT_EQ(framer.body(), "10,4095,");
}

TEST(ChecksumFramer, RefusesAWrongOneAndAWrongBeginning) {
  EXPECT_EQ(ChecksumFramer{Checksum::Spellman}.feed("\x02"
                                                    "10,4096,u\x03"),
            State::WrongChecksum);
  EXPECT_EQ(ChecksumFramer{Checksum::Spellman}.feed("\x02\x03"), State::WrongChecksum);
  EXPECT_EQ(ChecksumFramer{Checksum::None}.feed("10"), State::WrongStart);
  ChecksumFramer plain{Checksum::None};
  EXPECT_EQ(plain.feed("\x02"
                       "10,$,\x03"),
            State::Complete);
  EXPECT_EQ(plain.body(), "10,$,");
}

TEST(EnquiryFramer, AsksForTheValueAfterTheAcknowledgement) {
  EnquiryFramer framer{"\r\n"};
  EXPECT_EQ(framer.feed("\x06\r"), State::NeedsMore);
  EXPECT_EQ(framer.take_request(), "");
  EXPECT_EQ(framer.feed("\n"), State::NeedsMore);
  EXPECT_EQ(framer.take_request(), "\x05");
  EXPECT_EQ(framer.take_request(), "");
  EXPECT_EQ(framer.feed("0,1.0000E-03\r\n"), State::Complete);
  EXPECT_EQ(framer.body(), "0,1.0000E-03");
}

TEST(EnquiryFramer, TellsARefusalAndAnAnswerNobodyAskedFor) {
  EnquiryFramer refused{"\r\n"};
  EXPECT_EQ(refused.feed("\x15\r\n"), State::Complete);
  EXPECT_EQ(refused.body(), "\x15");
  EXPECT_EQ(EnquiryFramer{"\r\n"}.feed("\x06\r\n0,1\r\n"), State::PastTheEnd);
  EXPECT_EQ(EnquiryFramer{"\r\n"}.feed("0,1\r\n"), State::WrongStart);
}

TEST(BlockFramer, RefusesTheEndOfALateReplyInFrontOfTheEcho) {
  EXPECT_EQ((BlockFramer{"dump", 4}.feed("> dump\r\n")), State::WrongStart);
}

TEST(FramerState, HasWordsWhereItIsNoReply) {
  std::set<std::string_view> words;
  for (const auto state :
       {State::WrongStart, State::PastTheEnd, State::WrongChecksum, State::TooLong}) {
    EXPECT_TRUE(words.insert(to_text(state)).second) << to_text(state);
  }
  EXPECT_FALSE(words.contains(""));
  EXPECT_EQ(to_text(State::NeedsMore), "");
  EXPECT_EQ(to_text(State::Complete), "");
}

}  // namespace
}  // namespace fat

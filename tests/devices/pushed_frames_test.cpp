// Frames in a stream that was joined in the middle.
#include "devices/pushed_frames.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

TEST(PushedFrames, AreFoundHoweverTheStreamIsCut) {
  const std::string stream =
      "34\r\x02"
      "abc\r\x02"
      "def\r";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    PushedFrames frames{'\x02', '\r', 5};
    std::vector<std::string> found;
    for (const auto& piece : {stream.substr(0, cut), stream.substr(cut)}) {
      frames.feed(piece);
      while (auto frame = frames.take()) {
        found.push_back(*frame);
      }
    }
    EXPECT_THAT(found,
                ::testing::ElementsAre("\x02"
                                       "abc\r",
                                       "\x02"
                                       "def\r"))
        << cut;
    EXPECT_EQ(frames.dropped(), 3U);
  }
}

TEST(PushedFrames, OfAnotherLengthAreDropped) {
  PushedFrames frames{'\x02', '\r', 5};
  frames.feed(
      "\x02"
      "a\r\x02"
      "abcd\r\x02"
      "ab\x02"
      "abc\r");

  EXPECT_EQ(frames.take(),
            "\x02"
            "abc\r");
  EXPECT_EQ(frames.take(), std::nullopt);
}

}  // namespace
}  // namespace fat

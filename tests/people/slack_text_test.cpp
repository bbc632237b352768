// What a post says -> text in which nobody is called but whom it means to call.
#include "people/slack_text.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(SlackText, CallsThoseOfThePostAndEveryoneWhenItIsCritical) {
  Post post{.urgency = Urgency::Warning, .text = "it smokes", .calls = "<@U0ANNA>"};
  EXPECT_EQ(slack_text(post, "<!channel>"), "<@U0ANNA> it smokes");
  post.urgency = Urgency::Critical;
  EXPECT_EQ(slack_text(post, "@all"), "@all <@U0ANNA> it smokes");
}

TEST(SlackText, LetsNoForeignTextCallAnybody) {
  const Post post{.urgency = Urgency::Critical,
                  .text = "<!channel> @channel, @All (@here) a@example.org"};
  const auto text = slack_text(post, "@all");

  EXPECT_THAT(text, StartsWith("@all &lt;!channel&gt; "));
  EXPECT_THAT(text, Not(HasSubstr("@channel")));
  EXPECT_THAT(text, Not(HasSubstr("@All")));
  EXPECT_THAT(text, Not(HasSubstr("@here")));
  EXPECT_THAT(text, HasSubstr("@\u200bchannel"));
  EXPECT_THAT(text, HasSubstr("a@example.org"));
}

TEST(SlackText, KeepsASignAtTheEnd) {
  EXPECT_EQ(without_calls("who@"), "who@");
  EXPECT_EQ(without_calls("@@all"), "@@\u200ball");
}

TEST(SlackText, IsCutInTheMiddleAndNeverWithinACharacter) {
  EXPECT_EQ(cut_in_the_middle("short", 100), "short");

  for (const int before : {0, 1}) {  // either way one of the two places is within a character
    std::string text(static_cast<std::size_t>(before), 'a');
    while (text.size() < 1000) {
      text += "\u00b5";
    }
    const auto cut = cut_in_the_middle(text, 200);

    EXPECT_LE(cut.size(), 200U);
    EXPECT_THAT(cut, HasSubstr(" bytes left out here ...\n\u00b5"));
    EXPECT_THAT(cut, HasSubstr("\u00b5\n... "));
    EXPECT_TRUE(cut.ends_with("\u00b5"));
  }
}

}  // namespace
}  // namespace fat

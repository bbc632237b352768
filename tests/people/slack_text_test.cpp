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

}  // namespace
}  // namespace fat

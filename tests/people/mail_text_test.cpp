// Headers and text of mails.
#include "people/mail_text.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Post warning(std::string text) {
  return {.key = "12-345-1795212132000000",
          .messages = {345},
          .run = 12,
          .at = WallTime{std::chrono::seconds{1'795'292'532}},
          .urgency = Urgency::Warning,
          .text = std::move(text)};
}

std::vector<std::string> headers(const Post& post) {
  return mail_headers(post,
                      {.station = "chiba", .from = "fat@example.org", .to = "anna@example.org"});
}

TEST(MailText, SaysWhereWhatAndHowUrgentInTheSubject) {
  EXPECT_EQ(mail_subject(warning("[3] gain: errored\nsecond line"), "chiba"),
            "[chiba] WARNING run 12: [3] gain: errored");

  Post banner = warning("=======\nRun 12 starts on chiba");
  banner.urgency = Urgency::Info;
  banner.messages = {1, 2, 3};
  EXPECT_EQ(mail_subject(banner, "chiba"), "[chiba] Run 12 starts on chiba (and 2 more)");
  banner.headline = "[3] gain: errored";
  EXPECT_EQ(mail_subject(banner, "chiba"), "[chiba] run 12: [3] gain: errored (and 2 more)");
}

TEST(MailText, DatesInTheOneFormOfMail) {
  EXPECT_EQ(mail_date(WallTime{std::chrono::seconds{1'795'292'532}}),
            "Sat, 21 Nov 2026 20:22:12 +0000");
  EXPECT_EQ(mail_date(WallTime{}), "Thu, 01 Jan 1970 00:00:00 +0000");
}

TEST(MailText, KeepsTheKeyOfAPostAndTheThreadOfARun) {
  auto post = warning("x");
  EXPECT_THAT(headers(post), Contains("Message-ID: <12-345-1795212132000000@example.org>"));
  EXPECT_THAT(headers(post), Each(Not(StartsWith("References"))));

  post.thread = "<12-1-1@example.org>";
  EXPECT_THAT(headers(post),
              AllOf(Contains("References: <12-1-1@example.org>"),
                    Contains("In-Reply-To: <12-1-1@example.org>")));
}

TEST(MailText, LetsNoForeignTextMakeAHeader) {
  for (const auto& header : headers(warning("a\r\nBcc: evil@example.org\r\n\r\nbody"))) {
    EXPECT_THAT(header, AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\r")), Not(HasSubstr("Bcc"))));
  }
  auto post = warning("x");
  post.key = "1-2\r\nBcc: evil@example.org";
  EXPECT_EQ(message_id(post, "fat@example.org"), "<1-2Bccevilexampleorg@example.org>");
}

TEST(MailText, EncodesAndFoldsWhatIsNotPlain) {
  EXPECT_EQ(header_text("plain text"), "plain text");
  EXPECT_EQ(header_text("W\xc3\xbcrzburg"), "=?UTF-8?B?V8O8cnpidXJn?=");
  EXPECT_EQ(header_text("=?x?="), "=?UTF-8?B?PT94Pz0=?=");  // is shown as it was said

  std::string umlauts;
  for (int i = 0; i < 50; ++i) {
    umlauts += "\xc3\xa4";
  }
  const auto folded = header_text(umlauts);
  std::size_t longest = 0;
  for (std::size_t at = 0; at < folded.size();) {
    const auto end = std::min(folded.find("\r\n", at), folded.size());
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  EXPECT_LE(longest, 76U);
  EXPECT_THAT(folded, HasSubstr("?=\r\n =?UTF-8?B?"));
}

TEST(MailText, EndsEachLineAsMailDoes) {
  EXPECT_EQ(mail_body("a\nb\r\nc\rd"), "a\r\nb\r\ncd\r\n");
  EXPECT_EQ(mail_body("\xff"), "\xef\xbf\xbd\r\n");
}

}  // namespace
}  // namespace fat

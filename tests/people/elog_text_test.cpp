// What PSI ELOG asks for and answers.
#include "people/elog_text.hpp"

#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(ElogText, TurnsAPasswordIntoWhatElogWants) {
  EXPECT_EQ(elog_password("s3cret"), "hkYmSOuCcBF9ZgVNLavZEtJa91liblYCom0avzJUo20");
}

TEST(ElogText, IsLatin) {
  EXPECT_EQ(to_latin1("-40 \u00b0C \u2013 \u03bcA \u96ea\n"),
            "-40 \xb0"
            "C - \xb5"
            "A ?\n");
  EXPECT_EQ(to_latin1("\xff\xc3"), "??");
}

TEST(ElogText, CallsAnIdWhatIsANumberAtTheEnd) {
  EXPECT_EQ(id_in_location("http://elog/FAT/123"), 123);
  EXPECT_EQ(id_in_location("/FAT/7?x=1"), 7);
  for (const char* none :
       {"http://elog/FAT/", "http://elog/FAT/?fail=1", "http://elog/12a", "0", ""}) {
    EXPECT_EQ(id_in_location(none), std::nullopt) << none;
  }
}

TEST(ElogText, FindsEntriesInAPage) {
  EXPECT_THAT(
      ids_in_page(R"(<a href="../FAT/12">12</a><a href="?cmd=New"><a href="12"><a href="/FAT/3">)"),
      ElementsAre(12, 3));
  EXPECT_THAT(ids_in_page("<a href=\""), IsEmpty());
}

TEST(ElogText, FindsTheErrorInAPage) {
  EXPECT_EQ(error_in_page(R"(<table><td class="errormsg">Error: <b>Author</b>)"), "Error:");
  EXPECT_EQ(error_in_page(R"(<td class="errormsg"><i>no such entry</i></td>)"), "no such entry");
  EXPECT_EQ(error_in_page("<td>12</td>"), "");
}

TEST(ElogText, ReadsAnEntry) {
  const auto entry = elog_entry_of(
      "$@MID@$: 3\r\nDate: Sat\r\nReply to: 4\r\nRun: 12\r\nAuthor: A: B\r\n"
      "Attachment: 1_a.png,2_b.png\r\nEncoding: HTML\r\n"
      "========================================\r\na: b\r\n\r\nc");

  ASSERT_TRUE(entry);
  EXPECT_THAT(entry->attributes, ElementsAre(Pair("Run", "12"), Pair("Author", "A: B")));
  EXPECT_THAT(entry->attachments, ElementsAre("1_a.png", "2_b.png"));
  EXPECT_EQ(entry->encoding, "HTML");
  EXPECT_EQ(entry->text, "a: b\r\n\r\nc");
  EXPECT_FALSE(elog_entry_of("<html></html>"));
}

}  // namespace
}  // namespace fat

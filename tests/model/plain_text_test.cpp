// Bytes of a stranger -> safe text.
#include "fat/model/plain_text.hpp"

#include <string>

#include <gtest/gtest.h>

#include "fat/model/xml_text.hpp"

namespace fat {

TEST(ValidUtf8, ReplacesWhatIsNotAndKeepsTheRest) {
  EXPECT_EQ(valid_utf8("a\xC3\xA9\xF0\x9F\x98\x80\n"), "a\xC3\xA9\xF0\x9F\x98\x80\n");
  EXPECT_EQ(valid_utf8("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("\xED\xA0\x80x"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx");
}

TEST(PlainText, DropsControlCharactersAndMakesOneLine) {
  EXPECT_EQ(plain_text(std::string_view{"a\x1b[1m\tb\r\n\0c\x7F", 12}, 100), "a[1m b  c");
  EXPECT_EQ(plain_text("a\xC2\x9B"
                       "b\xE2\x80\xAE"
                       "c\xE2\x81\xA6",
                       100),
            "abc");
}

TEST(PlainText, IsNeverCutWithinACharacter) {
  EXPECT_EQ(plain_text("ab\xC3\xA9", 3), "ab");
  EXPECT_EQ(plain_text("ab\xC3\xA9", 4), "ab\xC3\xA9");
  EXPECT_EQ(plain_text("abc", 0), "");
}

TEST(XmlText, CannotEndAnElementOrBeginOne) {
  EXPECT_EQ(xml_text("a < b && c > \"d\""), "a &lt; b &amp;&amp; c &gt; &quot;d&quot;");
}

}  // namespace fat

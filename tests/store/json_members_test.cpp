// JSON text split into members and joined again, byte for byte; everything else refused.
#include "store/json_members.hpp"

#include <gmock/gmock.h>

namespace fat::store {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

TEST(SplitJsonObject, KeepsEveryValueAsItWasWritten) {
  const auto members = split_json_object(
      R"( {"a": 123456789012345678901234567890, "b" :[1 , {"c":NaN}], "d": -Infinity, "e": 1.10E+05 , "f": "\u00e4"} )");

  ASSERT_TRUE(members);
  EXPECT_THAT(*members,
              ElementsAre(Field(&JsonMember::value, "123456789012345678901234567890"),
                          Field(&JsonMember::value, "[1 , {\"c\":NaN}]"),
                          Field(&JsonMember::value, "-Infinity"),
                          Field(&JsonMember::value, "1.10E+05"),
                          Field(&JsonMember::value, R"("\u00e4")")));
}

TEST(SplitJsonObject, DecodesNames) {
  const auto members = split_json_object(R"({"\u00e4\n\ud83d\ude00\ud800x": 1, "": {}})");

  ASSERT_TRUE(members);
  EXPECT_EQ(members->at(0).name, "\xc3\xa4\n\xf0\x9f\x98\x80\xef\xbf\xbdx");
  EXPECT_EQ(members->at(1).name, "");
}

TEST(SplitJsonObject, TakesAnEmptyObjectAndAByteOrderMark) {
  EXPECT_THAT(split_json_object("\xef\xbb\xbf {\n}\n"), testing::Optional(IsEmpty()));
}

TEST(SplitJsonObject, RefusesWhatPythonWouldNotRead) {
  for (const char* text : {"",
                           "[]",
                           "1",
                           "{",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{a: 1}",
                           "{\"a\": 1,}",
                           "{\"a\": 01}",
                           "{\"a\": 1.}",
                           "{\"a\": .5}",
                           "{\"a\": 1e}",
                           "{} x",
                           "{\"a\": [1,]}",
                           R"({"a": {"b": }})",
                           "{\"a\": [}]}",
                           "{\"a\": nul}",
                           "{\"a\": \"x\ny\"}",
                           R"({"a": "\x"})",
                           R"({"a": "\u12"})",
                           "{\"a\": +1}",
                           "{\"a\": -}",
                           R"({"a": 1 "b": 2})",
                           "{,}",
                           R"({"a": {"b": 1]})"}) {
    EXPECT_FALSE(split_json_object(text)) << text;
  }
}

TEST(SplitJsonObject, RefusesEveryBeginningOfAFile) {
  const std::string whole = R"({"a": {"b": [1, "x\u00e4", {"c": null}]}, "d": 1})";

  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(split_json_object(whole.substr(0, length))) << length;
  }
  EXPECT_TRUE(split_json_object(whole));
}

TEST(SplitJsonObject, BoundsTheNesting) {
  EXPECT_FALSE(split_json_object("{\"a\": " + std::string(1'000'000, '[')));
  EXPECT_TRUE(split_json_object("{\"a\": " + std::string(400, '[') + std::string(400, ']') + "}"));
}

TEST(JoinJsonObject, WritesAsPythonDoes) {
  const auto inner = join_json_object({make_member("[0] gain", "1")}, 1);

  EXPECT_EQ(join_json_object({make_member("a", "1"), make_member("M", inner)}, 0),
            "{\n    \"a\": 1,\n    \"M\": {\n        \"[0] gain\": 1\n    }\n}");
  EXPECT_EQ(join_json_object({}, 0), "{}");
}

TEST(ToJsonString, EscapesAsPythonDoes) {
  EXPECT_EQ(to_json_string("a\"\\/\b\f\n\r\t\x01\x7f \xc3\xa4 \xf0\x9f\x98\x80"),
            R"("a\"\\/\b\f\n\r\t\u0001\u007f \u00e4 \ud83d\ude00")");
}

TEST(ToJsonString, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(to_json_string("a\xff"
                           "b\xc3"),
            R"("a\ufffdb\ufffd")");
  EXPECT_EQ(to_json_string("\xe2(\xa1 \xf0\x9f(x"), R"("\ufffd(\ufffd \ufffd\ufffd(x")");
  EXPECT_EQ(to_json_string("\xed\xa0\x80 \xc0\xaf \xf4\x90\x80\x80"),
            R"("\ufffd\ufffd\ufffd \ufffd\ufffd \ufffd\ufffd\ufffd\ufffd")");
}

TEST(FromJsonString, UndoesToJsonString) {
  const std::string text = "\"\\/\b\f\n\r\t\x01\x7f \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80";

  EXPECT_EQ(from_json_string(to_json_string(text)), text);
  EXPECT_FALSE(from_json_string("1"));
  EXPECT_FALSE(from_json_string("\"a\" "));
}

}  // namespace
}  // namespace fat::store

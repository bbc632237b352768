// [logbook] of a station file.
#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

StationFile read_logbook(const std::string& text) {
  return parse_station_file("[logbook]\n" + text, "station.ini", "/bench");
}

std::string logbook_problems(const std::string& text) {
  std::string all;
  for (const auto& problem : read_logbook(text).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(LogbookKeys, SayWhereEntriesGoAndWhatTheirAttributesAre) {
  const auto file = read_logbook(
      "url = https://elog.example.org:8080/\nlogbook = FAT logs\nuser = fat\n"
      "password_file = secrets/elog\nlevel = warning\n"
      "attribute.Run Number = ${run}\nattribute.Author = ${author} of ${station}\n");

  EXPECT_THAT(file.problems, IsEmpty());
  ASSERT_TRUE(file.station.logbook);
  const auto& logbook = *file.station.logbook;
  EXPECT_EQ(logbook.url, "https://elog.example.org:8080");
  EXPECT_EQ(logbook.logbook, "FAT logs");
  EXPECT_EQ(logbook.password.file, "/bench/secrets/elog");
  EXPECT_EQ(logbook.level, Urgency::Warning);
  EXPECT_THAT(logbook.attributes,
              ElementsAre(Pair("Run Number", "${run}"), Pair("Author", "${author} of ${station}")));
  EXPECT_THAT(file.settings, IsEmpty());  // no drift
}

TEST(LogbookKeys, RefuseWhatCannotBeUsed) {
  EXPECT_THAT(logbook_problems("user = fat\nattribute.Run = ${rum}\nattribut.Run = x\n"),
              AllOf(HasSubstr("lacks 'url'"),
                    HasSubstr("lacks 'logbook'"),
                    HasSubstr("either password_file or password_env"),
                    HasSubstr("nobody fills in ${rum}"),
                    HasSubstr("unknown key")));
  EXPECT_FALSE(read_logbook("url = x\n").station.logbook);
}

TEST(LogbookKeys, HoldNoSecret) {
  const auto told = logbook_problems(
      "url = https://fat:s3cret@elog.example.org\nlogbook = FAT\npassword = s3cret\n"
      "password_env = s3cret\n");

  EXPECT_THAT(told, AllOf(HasSubstr("a login does not stand in it"), Not(HasSubstr("s3cret"))));
}

}  // namespace
}  // namespace fat

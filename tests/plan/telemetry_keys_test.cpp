// [telemetry NAME] of a station file.
#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

StationFile read_telemetry(const std::string& text) {
  return parse_station_file("[station]\nname = North Hall\n" + text, "station.ini", "/bench", {});
}

std::string telemetry_problems(const std::string& keys) {
  std::string all;
  for (const auto& problem : read_telemetry("[telemetry db]\n" + keys).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(TelemetryKeys, NameADatabase) {
  const auto file = read_telemetry(
      "[telemetry one]\nkind = influx\nserver = http://127.0.0.1:8086\ndatabase = fat\n"
      "[telemetry two]\nkind = influx2\nserver = https://db.example.org\norganization = lab\n"
      "bucket = cryostat\ntoken_file = token\nsite = north\nevery = 10 s\n");

  ASSERT_THAT(file.problems, IsEmpty());
  ASSERT_EQ(file.station.telemetry.size(), 2U);
  EXPECT_EQ(telemetry_problems("kind = mqtt\nserver = mqtts://broker:8883\ntopic = lab\n"), "");
  EXPECT_EQ(file.station.telemetry[0].database, "fat");
  EXPECT_EQ(file.station.telemetry[0].site, "North Hall");
  EXPECT_EQ(file.station.telemetry[1].token.file, "/bench/token");
  EXPECT_EQ(file.station.telemetry[1].every, std::chrono::seconds{10});
  EXPECT_THAT(file.settings, SizeIs(1)) << "who hears of readings may change within a run";
}

TEST(TelemetryKeys, AreAskedForByKind) {
  EXPECT_THAT(telemetry_problems(""),
              AllOf(HasSubstr("lacks 'kind'"), HasSubstr("lacks 'server'")));
  EXPECT_THAT(telemetry_problems("kind = influx\nserver = http://a\n"),
              HasSubstr("lacks 'database'"));
  EXPECT_THAT(
      telemetry_problems("kind = influx2\nserver = http://a\n"),
      AllOf(HasSubstr("lacks 'organization' or 'bucket'"), HasSubstr("lacks 'token_file'")));
  EXPECT_THAT(telemetry_problems(
                  "kind = influx\nserver = http://a\ndatabase = x\ntoken_file = t\nbucket = b\n"),
              HasSubstr("is for 'kind = influx2'"));
  EXPECT_THAT(telemetry_problems("kind = influx\nserver = http://a\ndatabase = x\nuser = anna\n"),
              HasSubstr("go together"));
}

TEST(TelemetryKeys, RefuseWhatWouldGoWrongAtNight) {
  EXPECT_THAT(telemetry_problems("kind = opentsdb\n"), HasSubstr("'influx2'"));
  EXPECT_THAT(telemetry_problems("kind = mqtt\nserver = http://a\n"),
              HasSubstr("begins with mqtt"));
  EXPECT_THAT(telemetry_problems("kind = mqtt\nserver = mqtt://a\ndatabase = b\n"),
              HasSubstr("is for 'kind = influx'"));
  EXPECT_THAT(telemetry_problems("server = http://anna:secret@db\n"),
              HasSubstr("a login does not stand in it"));
  for (const char* server : {"db:8086", "http://", "http://a/b", "ftp://a", "http://a b"}) {
    EXPECT_THAT(telemetry_problems(std::string{"server = "} + server + '\n'),
                HasSubstr("the address of a database"))
        << server;
  }
  EXPECT_THAT(telemetry_problems("password = geheim\n"), HasSubstr("password"));
  EXPECT_THAT(telemetry_problems("site = a\\\n"), HasSubstr("without backslashes"));
  EXPECT_THAT(telemetry_problems("every = 10 ms\n"), HasSubstr("from 1 s to 10 min"));
}

TEST(TelemetryKeys, LetABrokerCommandOnlyWhereItIsSaid) {
  const std::string broker = "[telemetry b]\nkind = mqtt\nserver = mqtt://a\n";
  EXPECT_FALSE(read_telemetry(broker).station.telemetry.at(0).commands);
  const auto file = read_telemetry(broker + "commands = yes\nreply_topic = lab/answers\n");
  ASSERT_THAT(file.problems, IsEmpty());
  EXPECT_TRUE(file.station.telemetry.at(0).commands);
  EXPECT_EQ(file.station.telemetry.at(0).reply_topic, "lab/answers");
  EXPECT_THAT(telemetry_problems("kind = mqtt\nserver = mqtt://a\nreply_topic = x\n"),
              HasSubstr("without 'commands = yes'"));
  EXPECT_THAT(
      telemetry_problems("kind = influx\nserver = http://a\ndatabase = b\ncommands = yes\n"),
      HasSubstr("is for 'kind = mqtt'"));
  for (const char* topic : {"a/#", "+/a", "$SYS/a", ""}) {
    EXPECT_THAT(telemetry_problems(std::string{"reply_topic = "} + topic + '\n'),
                HasSubstr("reply_topic"))
        << topic;
  }
}

}  // namespace
}  // namespace fat

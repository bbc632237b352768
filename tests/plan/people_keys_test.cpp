// [person NAME], [shift] and [sink NAME] of a station file.
#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

StationFile read(const std::string& text) {
  return parse_station_file(text, "station.ini", "/bench");
}

std::string problems(const std::string& text) {
  std::string all;
  for (const auto& problem : read(text).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(PeopleKeys, SayWhoIsToldWhere) {
  const auto file = read(
      "[person anna]\nslack = U012AB3CD\n[person ben]\nslack = U9\n"
      "[shift]\nshifter = anna\nexpert = ben\n"
      "[sink chat]\nkind = webhook\nurl_file = secrets/url\nlevel = warning\n"
      "everyone = @all\nposts_per_minute = 6\n");

  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_EQ(file.station.people.at(0).slack, "U012AB3CD");
  EXPECT_EQ(file.station.shift.expert, "ben");
  const auto& sink = file.station.sinks.at(0);
  EXPECT_EQ(sink.name, "chat");
  EXPECT_EQ(sink.url.file, "/bench/secrets/url");
  EXPECT_EQ(sink.level, Urgency::Warning);
  EXPECT_EQ(sink.everyone, "@all");
  EXPECT_EQ(sink.posts_per_minute, 6);
}

TEST(PeopleKeys, SayWhoIsCalledInWhichOrderAndWhoMayAnswer) {
  const auto file = read(
      "[person anna]\nslack = U1\nmay_answer = yes\n[person ben]\nslack = U2\n"
      "[shift]\nshifter = anna\nescalate = anna, ben\nescalate_after = 20 min\n");

  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.station.shift.escalate, testing::ElementsAre("anna", "ben"));
  EXPECT_EQ(file.station.shift.escalate_after, std::chrono::minutes{20});
  EXPECT_TRUE(file.station.people.at(0).may_answer);
  EXPECT_FALSE(file.station.people.at(1).may_answer);
  EXPECT_THAT(problems("[person anna]\nmay_answer = perhaps\n"
                       "[shift]\nescalate = anna, bern\nescalate_after = 0 s\n"),
              AllOf(HasSubstr("yes or no"),
                    HasSubstr("there is no [person bern]"),
                    HasSubstr("a duration from 1 s to 24 h")));
}

TEST(PeopleKeys, SayWhereABotPosts) {
  const auto file = read(
      "[sink chat]\nkind = slack\ntoken_env = SLACK_TOKEN\nchannel = C012\n"
      "server = http://127.0.0.1:9/api\n");

  EXPECT_THAT(file.problems, IsEmpty());
  const auto& sink = file.station.sinks.at(0);
  EXPECT_EQ(sink.kind, SinkKind::Slack);
  EXPECT_EQ(sink.token.environment, "SLACK_TOKEN");
  EXPECT_EQ(sink.channel, "C012");
  EXPECT_EQ(sink.server, "http://127.0.0.1:9/api");
  EXPECT_THAT(problems("[sink chat]\nkind = slack\nserver = slack.com\n"),
              AllOf(HasSubstr("token_file or token_env"),
                    HasSubstr("lacks 'channel'"),
                    HasSubstr("the address of a Web API")));
}

TEST(PeopleKeys, SayWhoGetsMail) {
  const auto file = read(
      "[person anna]\nmail = anna@example.org\n"
      "[sink mail]\nkind = mail\nserver = smtp://mail.example.org:587\nfrom = fat@example.org\n"
      "to = anna, ben+fat@example.org\nuser = fat\npassword_env = FAT_MAIL\nca_file = ca.pem\n");

  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_EQ(file.station.people.at(0).mail, "anna@example.org");
  const auto& sink = file.station.sinks.at(0);
  EXPECT_EQ(sink.kind, SinkKind::Mail);
  EXPECT_THAT(sink.to, testing::ElementsAre("anna", "ben+fat@example.org"));
  EXPECT_EQ(sink.password.environment, "FAT_MAIL");
  EXPECT_EQ(sink.ca_file, "/bench/ca.pem");
  EXPECT_TRUE(demands_starttls(sink));
}

TEST(PeopleKeys, DemandEncryptionOfEveryMailServerButTheOwnMachine) {
  SinkEntry sink;
  for (const auto& [server, demands] : std::vector<std::pair<const char*, bool>>{
           {"smtp://mail.example.org:25", true},
           {"smtps://mail.example.org:465", false},  // from the first byte on
           {"smtp://127.0.0.1:25", false},
           {"smtp://[::1]:25", false},
           {"smtp://localhost:25", false},
           {"smtp://localhost.example.org:25", true}}) {
    sink.server = server;
    EXPECT_EQ(demands_starttls(sink), demands) << server;
  }
  sink.starttls = false;
  EXPECT_FALSE(demands_starttls(sink));
}

TEST(PeopleKeys, ReportEveryMistakeOfMail) {
  const auto text = problems(
      "[person anna]\n"
      "[sink mail]\nkind = mail\nserver = smtp://mail.example.org\nto = anna, ana, a b@c\n"
      "user = fat\nstarttls = maybe\ntoken_env = X\n"
      "[sink two]\nkind = mail\nserver = smtp://h:25\nfrom = x\nto = a@b.org, a@b.org\n"
      "user = fat\npassword_env = P\nstarttls = no\n"
      "[sink chat]\nkind = webhook\nurl_env = A\nfrom = a@b.org\n");

  EXPECT_THAT(
      text,
      AllOf(HasSubstr("a mail server with its port"),
            HasSubstr("[person anna] has no 'mail'"),
            HasSubstr(
                "'ana' is neither a mail address nor the name of a person; did you mean 'anna'?"),
            HasSubstr("'a b@c' is neither"),
            HasSubstr("needs both user and password_file"),
            HasSubstr("yes or no"),
            HasSubstr("lacks 'from'")));
  EXPECT_THAT(text,
              AllOf(HasSubstr("'a@b.org' stands there twice"),
                    HasSubstr("a password is not sent to another machine without encryption"),
                    HasSubstr("this is for kind = mail only"),
                    HasSubstr("this is for a chat, not for kind = mail")));
}

TEST(PeopleKeys, AreNoDrift) {
  EXPECT_THAT(read("[person anna]\nslack = U1\n[shift]\nshifter = anna\n").settings, IsEmpty());
}

TEST(PeopleKeys, RefuseASecretWithoutRepeatingIt) {
  const auto text = problems("[sink chat]\nkind = webhook\nurl = https://hooks.example/SECRET\n");

  EXPECT_THAT(text, AllOf(HasSubstr("station.ini:3"), HasSubstr("url_file = PATH")));
  EXPECT_THAT(text, Not(HasSubstr("SECRET")));
  EXPECT_THAT(problems("[sink chat]\nkind = webhook\nurl_env = https://hooks.example/SECRET\n"),
              AllOf(HasSubstr("station.ini:3"), Not(HasSubstr("SECRET"))));
}

TEST(PeopleKeys, ReportEveryMistakeAtOnce) {
  const auto text = problems(
      "[person anna]\nslak = U1\n"
      "[shift]\nshifter = ana\n"
      "[sink chat]\nkind = pigeon\nlevel = loud\nposts_per_minute = 0\n"
      "[sink two]\nkind = webhook\nurl_file = a\nurl_env = B\n"
      "[sink three]\nurl_file = a\n");

  EXPECT_THAT(text,
              AllOf(HasSubstr("station.ini:2: "),
                    HasSubstr("did you mean 'slack'?"),
                    HasSubstr("there is no [person ana]"),
                    HasSubstr("did you mean 'anna'?"),
                    HasSubstr("'pigeon' is not a kind of sink"),
                    HasSubstr("one of info, warning, critical"),
                    HasSubstr("a whole number from 1 to 600"),
                    HasSubstr("needs either url_file or url_env")));
  EXPECT_THAT(text, HasSubstr("lacks 'kind'"));
}

}  // namespace
}  // namespace fat

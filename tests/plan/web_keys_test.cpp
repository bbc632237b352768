// [listen] and [users] of a station file.
#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

StationFile read_web(const std::string& text) {
  return parse_station_file(text, "station.ini", "/bench");
}

std::string web_problems(const std::string& text) {
  std::string all;
  for (const auto& problem : read_web(text).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(WebKeys, HaveDefaultsThatOnlyThisMachineReaches) {
  const auto file = read_web("[station]\nname = bench\n");

  EXPECT_EQ(file.station.listen.address, (ListenAddress{.host = "127.0.0.1", .port = 8080}));
  EXPECT_EQ(file.station.users.file, "/bench/users.json");
  EXPECT_EQ(file.station.users.session, std::chrono::hours{12});
}

TEST(WebKeys, SayWhereTheDashboardListensAndWhoMayLogIn) {
  const auto file = read_web(
      "[listen]\naddress = [::]:8443\ncertificate = tls/lab.pem\nkey = /etc/lab.key\n"
      "names = lab.example.org, lab\n[users]\nfile = people.json\nsession = 8 h\n");

  EXPECT_THAT(file.problems, IsEmpty());
  const auto& listen = file.station.listen;
  EXPECT_EQ(listen.address, (ListenAddress{.host = "::", .port = 8443}));
  EXPECT_EQ(listen.certificate, "/bench/tls/lab.pem");
  EXPECT_EQ(listen.key, "/etc/lab.key");
  EXPECT_THAT(listen.names, ElementsAre("lab.example.org", "lab"));
  EXPECT_EQ(file.station.users.file, "/bench/people.json");
  EXPECT_EQ(file.station.users.session, std::chrono::hours{8});
  EXPECT_THAT(file.settings, IsEmpty());  // no drift
}

TEST(WebKeys, RefuseWhatCannotBeUsed) {
  EXPECT_THAT(
      web_problems("[listen]\naddress = lab:8080\ncertificate = x\nnames = lab:80\nport = 1\n"
                   "[users]\nsession = 12\n"),
      AllOf(HasSubstr("station.ini:2: 'address' in [listen]"),
            HasSubstr("TLS needs both certificate and key"),
            HasSubstr("'names' in [listen]"),
            HasSubstr("'port' in [listen]: unknown key"),
            HasSubstr("'session' in [users]")));
}

TEST(ListenAddress, IsANumberAndAPort) {
  EXPECT_EQ(parse_listen_address("localhost:0"), (ListenAddress{.host = "localhost", .port = 0}));
  for (const auto* const text : {"",
                                 ":",
                                 "8080",
                                 ":8080",
                                 "127.0.0.1",
                                 "127.0.0.1:",
                                 "127.0.0.1:65536",
                                 "127.0.0.1:-1",
                                 "::1:8080",
                                 "[127.0.0.1]:80",
                                 "[::1]",
                                 "1.2.3:80"}) {
    EXPECT_EQ(parse_listen_address(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace fat

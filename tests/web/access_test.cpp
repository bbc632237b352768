// Who may do what: hosts, origins, users, sessions, tokens, over real sockets.
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "web/scratch_users.hpp"
#include "web/test_server.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

constexpr const char* kPassword = "correct horse";

std::string login_body(const std::string& user, const std::string& password) {
  return nlohmann::json{{"user", user}, {"password", password}}.dump();
}

WebSettings with_users(const ScratchUsers& users) {
  return {.users = users.file()};
}

nlohmann::json me(const TestServer& server, const std::string& fields = {}) {
  return nlohmann::json::parse(server.get("/api/v1/me", fields).body);
}

WebReply log_in(const TestServer& server,
                const std::string& user,
                const std::string& password = kPassword) {
  return server.act("POST", "/api/v1/session", login_body(user, password));
}

TEST(Host, ThatIsSomebodyElsesIsNotAnsweredTo) {
  const TestServer server{{.names = {"lab.example.org"}}};
  const auto status_for = [&server](const std::string& host) {
    auto client = server.client();
    client.send("GET /api/v1/station HTTP/1.1\r\n" + host + "\r\n");
    return client.reply().status;
  };

  for (const auto* const good : {"localhost",
                                 "LOCALHOST:9000",
                                 "127.0.0.1:1",
                                 "[::1]:8080",
                                 "lab.example.org",
                                 "Lab.Example.Org:443"}) {
    EXPECT_EQ(status_for(fmt::format("Host: {}\r\n", good)), 200) << good;
  }
  for (const auto* const bad : {"evil.example.org",
                                "localhost.evil.org",
                                "127.0.0.1.evil.org",
                                "",
                                "lab",
                                "[::1",
                                "10.0.0.1"}) {
    EXPECT_EQ(status_for(fmt::format("Host: {}\r\n", bad)), 421) << bad;
  }
  EXPECT_EQ(status_for(""), 421);
}

TEST(Origin, MustBeTheServersOwnForWhatChangesSomething) {
  TestServer server;
  const auto cookie = server.expert_cookie();
  const auto status_for = [&](const std::string& fields,
                              const std::string& type = "application/json") {
    auto client = server.client();
    client.request(
        "POST", "/api/v1/verbs", "Content-Type: " + type + "\r\n" + cookie + fields, "{}");
    return client.reply().status;
  };
  const auto own = fmt::format("Origin: http://127.0.0.1:{}\r\n", server.port());

  EXPECT_EQ(status_for(own), 200);
  EXPECT_EQ(status_for(own, "application/json; charset=utf-8"), 200);
  EXPECT_EQ(status_for(own, "text/plain"), 415);
  EXPECT_EQ(status_for(""), 403);
  EXPECT_EQ(status_for("Origin: null\r\n"), 403);
  EXPECT_EQ(status_for("Origin: http://evil.example.org\r\n"), 403);
  EXPECT_EQ(status_for(fmt::format("Origin: https://127.0.0.1:{}\r\n", server.port())), 403);
  EXPECT_EQ(status_for(own + "Sec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(status_for(own + "Sec-Fetch-Site: same-origin\r\n"), 200);
}

TEST(WithoutUsers, ALoopbackServerMayBeReadByAllAndSteeredByWhoKnowsTheLink) {
  TestServer server;

  EXPECT_EQ(me(server), nlohmann::json::parse(R"({"user":null,"role":"viewer","users":false})"));
  EXPECT_EQ(server.get("/api/v1/station").status, 200);
  EXPECT_EQ(server.act("POST", "/api/v1/verbs", "{}").status, 403);

  const auto cookie = server.expert_cookie();
  EXPECT_EQ(me(server, cookie),
            nlohmann::json::parse(R"({"user":null,"role":"expert","users":false})"));
  EXPECT_EQ(server.act("POST", "/api/v1/verbs", "{}", cookie).status, 200);
}

TEST(OneTimeLink, LetsInOnce) {
  TestServer server;
  const auto body = R"({"link":")" + server.server.make_link() + R"("})";

  EXPECT_EQ(server.act("POST", "/api/v1/session", body).status, 200);
  EXPECT_EQ(server.act("POST", "/api/v1/session", body).status, 401);
  EXPECT_EQ(server.act("POST", "/api/v1/session", R"({"link":"guessed"})").status, 401);
}

TEST(OneTimeLink, AndItsSessionsEndWhenThereAreUsers) {
  const ScratchUsers users;
  TestServer server{with_users(users)};
  const auto cookie = server.expert_cookie();
  const auto link = server.server.make_link();

  users.add("anna", Role::Operator, kPassword);
  server.clock.advance(1s);

  EXPECT_EQ(me(server, cookie).at("role"), nullptr);
  EXPECT_EQ(server.act("POST", "/api/v1/session", R"({"link":")" + link + R"("})").status, 401);
}

TEST(WithUsers, NobodyReadsAnythingBeforeTheLogIn) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  const TestServer server{with_users(users)};

  EXPECT_EQ(me(server), nlohmann::json::parse(R"({"user":null,"role":null,"users":true})"));
  for (const auto* const target : {"/api/v1/station", "/api/v1/runs", "/api/v1/events"}) {
    EXPECT_EQ(server.get(target).status, 401) << target;
  }
  EXPECT_EQ(server.act("POST", "/api/v1/verbs", "{}").status, 401);
}

TEST(WithUsers, APasswordOpensASessionThatTheSourceIsToldOf) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  const TestServer server{with_users(users)};

  const auto reply = log_in(server, "anna");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(nlohmann::json::parse(reply.body),
            nlohmann::json::parse(R"({"user":"anna","role":"operator","users":true})"));
  EXPECT_THAT(reply.fields.at("Set-Cookie"),
              AllOf(HasSubstr("; HttpOnly"),
                    HasSubstr("; SameSite=Strict"),
                    HasSubstr("; Path=/"),
                    HasSubstr("; Max-Age=43200"),
                    Not(HasSubstr("Secure"))));
  const auto cookie = TestServer::cookie_line(reply);
  EXPECT_THAT(server.act("POST", "/api/v1/verbs", "{}", cookie).body, HasSubstr(" anna "));
}

TEST(WithUsers, AWrongPasswordAndAnUnknownNameAreToldTheSame) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  const TestServer server{with_users(users)};

  const auto wrong = log_in(server, "anna", "wrong horse");
  const auto unknown = log_in(server, "otto");

  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_FALSE(wrong.fields.contains("Set-Cookie"));
}

TEST(WithUsers, AViewerMayNotAct) {
  const ScratchUsers users;
  users.add("victor", Role::Viewer, kPassword);
  const TestServer server{with_users(users)};
  const auto cookie = TestServer::cookie_line(log_in(server, "victor"));

  EXPECT_EQ(server.get("/api/v1/station", cookie).status, 200);
  EXPECT_EQ(server.act("POST", "/api/v1/verbs", "{}", cookie).status, 403);
  EXPECT_EQ(server.act("POST", "/api/v1/runs/1/logbook", "{}", cookie).status, 403);
}

TEST(Session, EndsWithTheLogOut) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  const TestServer server{with_users(users)};
  const auto cookie = TestServer::cookie_line(log_in(server, "anna"));
  auto client = server.client();

  client.act("DELETE", "/api/v1/session", "", cookie);

  const auto reply = client.reply(WebClient::Body::None);
  EXPECT_EQ(reply.status, 204);
  EXPECT_THAT(reply.fields.at("Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(server.get("/api/v1/station", cookie).status, 401);
}

TEST(Session, EndsByItself) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  TestServer server{with_users(users)};
  const auto cookie = TestServer::cookie_line(log_in(server, "anna"));

  server.clock.advance(12h - 1s);
  EXPECT_EQ(server.get("/api/v1/station", cookie).status, 200);
  server.clock.advance(1s);
  EXPECT_EQ(server.get("/api/v1/station", cookie).status, 401);
}

TEST(Session, EndsWithItsUserAndWithTheirPassword) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  users.add("bert", Role::Expert, kPassword);
  TestServer server{with_users(users)};
  const auto anna = TestServer::cookie_line(log_in(server, "anna"));
  const auto bert = TestServer::cookie_line(log_in(server, "bert"));

  users.remove("anna");
  change_user_book(users.file(), [](UserBook& book) {
    book.users.front().password = hashed_password("another horse");
  });
  server.clock.advance(1s);

  EXPECT_EQ(server.get("/api/v1/station", anna).status, 401);
  EXPECT_EQ(server.get("/api/v1/station", bert).status, 401);
  EXPECT_EQ(log_in(server, "bert", "another horse").status, 200);
}

TEST(Session, TakesOverANewRole) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  TestServer server{with_users(users)};
  const auto cookie = TestServer::cookie_line(log_in(server, "anna"));

  change_user_book(users.file(), [](UserBook& book) { book.users.front().role = Role::Viewer; });
  server.clock.advance(1s);

  EXPECT_EQ(me(server, cookie).at("role"), "viewer");
  EXPECT_EQ(server.act("POST", "/api/v1/verbs", "{}", cookie).status, 403);
}

TEST(Session, ThatIsOverEndsItsStreamToo) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  auto settings = with_users(users);
  settings.limits.beat = 10ms;
  TestServer server{settings};
  const auto cookie = TestServer::cookie_line(log_in(server, "anna"));
  auto stream = server.client();
  stream.request("GET", "/api/v1/events", cookie);
  stream.read_until("event: hello");

  server.clock.advance(13h);

  stream.read_to_end();
  EXPECT_EQ(server.get("/api/v1/events", cookie).status, 401);
}

TEST(Token, LetsAScriptActWithoutCookieAndOrigin) {
  const ScratchUsers users;
  users.add("robot", Role::Operator);
  const auto token = users.add_token("robot");
  const TestServer server{with_users(users)};
  auto client = server.client();

  client.request("POST",
                 "/api/v1/verbs",
                 "Authorization: Bearer " + token + "\r\nContent-Type: application/json\r\n",
                 "{}");

  EXPECT_THAT(client.reply().body, HasSubstr(" robot "));
  EXPECT_EQ(server.get("/api/v1/station", "Authorization: Bearer " + token + "x\r\n").status, 401);
  EXPECT_EQ(log_in(server, "robot", "").status, 400);
  EXPECT_EQ(log_in(server, "robot", token).status, 401);  // it is no password
}

TEST(Token, ThatIsWrongIsNobodyEvenWhereAllMayRead) {
  const TestServer server;

  EXPECT_EQ(server.get("/api/v1/station", "Authorization: Bearer x\r\n").status, 401);
}

TEST(LogIn, IsRefusedAfterTooManyWrongTries) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  auto settings = with_users(users);
  settings.limits.login_tries = 2;
  TestServer server{settings};
  log_in(server, "anna", "wrong");
  log_in(server, "anna", "wrong");

  const auto refused = log_in(server, "anna");

  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.fields.at("Retry-After"), "2");
  server.clock.advance(2s);
  EXPECT_EQ(log_in(server, "anna").status, 200);
}

TEST(LogIn, OfManyAtOnceHoldsUpNobodyWhoReads) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  const auto token = users.add_token("anna");
  auto settings = with_users(users);
  settings.limits.login_tries = 1000;
  settings.limits.address_login_tries = 1000;
  const TestServer server{settings};
  std::vector<WebClient> tries;
  for (int i = 0; i < 40; ++i) {
    tries.push_back(server.client());
    tries.back().act("POST", "/api/v1/session", login_body("anna", "wrong"));
  }

  EXPECT_EQ(server.get("/api/v1/station", "Authorization: Bearer " + token + "\r\n").status, 200);

  int busy = 0;
  for (auto& client : tries) {
    const auto status = client.reply().status;
    EXPECT_TRUE(status == 401 || status == 429) << status;
    busy += status == 429 ? 1 : 0;
  }
  EXPECT_GT(busy, 0);  // they are not queued without end
}

TEST(LogIn, NeedsAJsonObjectWithWhatItIs) {
  const TestServer server;

  for (const auto* const body : {"",
                                 "[]",
                                 "{",
                                 "1",
                                 R"({"user":"anna"})",
                                 R"({"user":1,"password":2})",
                                 R"({"link":[]})",
                                 "[[[[[[[[[[[[]]]]]]]]]]]]"}) {
    EXPECT_EQ(server.act("POST", "/api/v1/session", body).status, 400) << body;
  }
}

TEST(Users, ThatCannotBeReadLetNobodyIn) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, kPassword);
  TestServer server{with_users(users)};
  const auto cookie = TestServer::cookie_line(log_in(server, "anna"));

  std::ofstream{users.file()} << "{";
  server.clock.advance(1s);

  EXPECT_EQ(server.get("/api/v1/station", cookie).status, 401);
  EXPECT_EQ(server.get("/api/v1/station").status, 401);
  EXPECT_EQ(log_in(server, "anna").status, 503);
}

TEST(Cookie, OfAnotherPortOfTheSameHostIsNotTakenForOurs) {
  TestServer one, two;
  const auto cookie = one.expert_cookie();

  EXPECT_EQ(me(two, cookie).at("role"), "viewer");
  EXPECT_THAT(cookie, HasSubstr(fmt::format("fatmaster_{}=", one.port())));
}

void expect_refused(WebSettings settings, const std::string& why) {
  ScriptedSource source;
  const SharedClock clock;
  WebServer server{std::move(settings), source, clock};
  EXPECT_THAT([&] { server.start(); }, ThrowsMessage<WebError>(HasSubstr(why)));
}

TEST(AddressThatOthersReach, NeedsUsersAndTls) {
  const ScratchUsers users;

  expect_refused({.address = "0.0.0.0", .port = 0}, "users (`fatmaster user add");
  expect_refused({.address = "0.0.0.0", .port = 0}, "TLS (`certificate`");
  expect_refused({.address = "::", .port = 0, .users = users.file()}, "users (`fatmaster user add");
  users.add("anna", Role::Operator, kPassword);
  expect_refused({.address = "::", .port = 0, .users = users.file()}, "TLS (`certificate`");
  expect_refused({.address = "lab", .port = 0}, "no address to listen on");
  expect_refused({.port = 0, .certificate = "x.pem"}, "both certificate and key");
}

}  // namespace
}  // namespace fat

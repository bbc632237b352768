#include "fat/web/web_server.hpp"

#include <filesystem>
#include <fstream>
#include <future>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "web/page_files.hpp"
#include "web/test_server.hpp"

namespace fat {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Body = WebClient::Body;

TEST(WebServer, AsksTheSourceWithThePartsOfTheAddressDecoded) {
  const TestServer server;

  const auto reply =
      server.get("/api/v1/runs/12/steps/main/3/attempts/1/artifacts/plots/gain%20curve.svg");

  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("<12><main><3><1><plots/gain curve.svg>"));
}

TEST(WebServer, PassesTheQueryOnAndRefusesWhatTheRequestDoesNotKnow) {
  const TestServer server;

  const auto known = server.get("/api/v1/runs/newest/events?search=a+b%26&limit=7");
  const auto unknown = server.get("/api/v1/runs/newest/events?lmit=7");

  EXPECT_THAT(known.body, HasSubstr("<newest>limit=7;search=a b&;"));
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body, HasSubstr("lmit"));
}

TEST(WebServer, RefusesAddressesThatLeaveTheirPlace) {
  const TestServer server;

  for (const auto* const target : {"/../etc/passwd",
                                   "/api/v1/runs/1/steps/main/0/attempts/1/artifacts/..%2f..%2fx",
                                   "/api/v1/runs/1/steps/main/0/attempts/1/artifacts/a/../b",
                                   "/api/v1/runs/1/steps/main/0/attempts/1/artifacts/%2e%2e",
                                   "/api/v1/runs/1/steps/main/0/attempts/1/artifacts/a%00b",
                                   "/api/v1/runs/1/steps/main/0/attempts/1/artifacts/a%0d%0ab",
                                   "/api/v1/runs/1/steps/main/0/attempts/1/artifacts//a",
                                   "/api/v1//runs",
                                   "/api/v1/runs/%zz",
                                   "/api/v1/runs/%c3%28",
                                   "/api/v1/runs/",
                                   "/%2e%2e/app.js"}) {
    EXPECT_EQ(server.get(target).status, 400) << target;
  }
  for (const auto* const target : {"/api/v1/runs/abc",
                                   "/api/v1/runs/12345678901",
                                   "/api/v1/runs%2f1",
                                   "/api/v1/runs/1/steps/other/0",
                                   "/api/v1/runs/1/steps/main/-1",
                                   "/api/v1",
                                   "/api/v2/runs",
                                   "/index.php"}) {
    EXPECT_EQ(server.get(target).status, 404) << target;
  }
}

TEST(WebServer, AnswersManyRequestsOfOneConnectionInTheirOrder) {
  const TestServer server;
  auto client = server.client();

  client.request("GET", "/api/v1/runs/1");
  client.request("GET", "/api/v1/runs/2");
  client.request("GET", "/api/v1/runs/3");

  EXPECT_THAT(client.reply().body, HasSubstr("<1>"));
  EXPECT_THAT(client.reply().body, HasSubstr("<2>"));
  EXPECT_THAT(client.reply().body, HasSubstr("<3>"));
}

TEST(WebServer, ClosesWhenTheClientAsksForIt) {
  const TestServer server;
  auto client = server.client();

  client.request("GET", "/api/v1/station", "Connection: close\r\n");

  EXPECT_THAT(client.read_to_end(), HasSubstr("Connection: close\r\n"));
}

TEST(WebServer, SaysOfAMistakeOfTheSourceNothingOfItsInside) {
  TestServer server;
  server.source.breaks();

  const auto reply = server.get("/api/v1/runs/1/rehearsal");

  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
}

TEST(WebServer, ProtectsEveryAnswer) {
  const TestServer server;

  for (const auto* const target : {"/", "/api/v1/station", "/api/v1/nothing", "/nothing"}) {
    auto reply = server.get(target);
    EXPECT_EQ(reply.fields["X-Content-Type-Options"], "nosniff") << target;
    EXPECT_EQ(reply.fields["Referrer-Policy"], "no-referrer") << target;
    EXPECT_EQ(reply.fields["X-Frame-Options"], "DENY") << target;
    EXPECT_THAT(reply.fields["Content-Security-Policy"], StartsWith("default-src 'none'"))
        << target;
    EXPECT_THAT(reply.fields["Content-Security-Policy"], Not(HasSubstr("unsafe"))) << target;
  }
}

TEST(WebServer, LetsTheSourceSayWhatAnArtifactIsAndMayDo) {
  TestServer server;
  server.source.answers(
      ApiRoute::Artifact,
      {.type = "image/svg+xml",
       .body = "<svg/>",
       .headers = {{"Content-Security-Policy", "sandbox"}, {"X-Bad", "one\r\nSet-Cookie: two"}}});

  auto reply = server.get("/api/v1/runs/1/steps/main/0/attempts/1/artifacts/a.svg");

  EXPECT_EQ(reply.fields["Content-Type"], "image/svg+xml");
  EXPECT_EQ(reply.fields["Content-Security-Policy"], "sandbox");
  EXPECT_FALSE(reply.fields.contains("X-Bad"));
  EXPECT_FALSE(reply.fields.contains("Set-Cookie"));
}

TEST(WebServer, HasThePageOrSaysThatItHasNone) {
  const TestServer server;

  auto reply = server.get("/");

  if (page_files().empty()) {
    EXPECT_EQ(reply.status, 404);
    EXPECT_THAT(reply.body, HasSubstr("without its page"));
    return;
  }
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.fields["Content-Type"], "text/html; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("<div id=\"page\">"));
  EXPECT_EQ(server.get("/app.js").status, 200);
  EXPECT_EQ(server.get("/app.css").fields.at("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(server.get("/", "If-None-Match: " + reply.fields["ETag"] + "\r\n").status, 304);
  EXPECT_EQ(server.act("POST", "/", "{}").status, 405);
}

TEST(WebServer, SendsThePageCompressedToWhoReadsThat) {
  const TestServer server;
  const auto plain = server.get("/app.js");

  const auto packed = server.get("/app.js", "Accept-Encoding: deflate, gzip\r\n");

  if (!page_files().empty()) {
    EXPECT_EQ(packed.fields.at("Content-Encoding"), "gzip");
    EXPECT_LT(packed.body.size(), plain.body.size() / 2);
    EXPECT_NE(packed.fields.at("ETag"), plain.fields.at("ETag"));
  }
}

TEST(WebServer, SendsTheHeaderAloneToWhoAsksForIt) {
  const TestServer server;
  auto client = server.client();

  client.request("HEAD", "/api/v1/station");
  client.request("GET", "/api/v1/runs");

  EXPECT_NE(client.reply(Body::None).fields.at("Content-Length"), "0");
  EXPECT_EQ(client.reply().status, 200);
}

class ScratchFile {
 public:
  explicit ScratchFile(const std::string& content)
      : path_(std::filesystem::path{testing::TempDir()} /
              ("fat_web_" + std::to_string(::getpid()))) {
    std::ofstream{path_, std::ios::binary} << content;
  }

  ~ScratchFile() { std::filesystem::remove(path_); }

  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(WebServer, SendsPartsOfFilesOfAnySize) {
  std::string content;
  while (content.size() < 3'000'000) {
    content += std::to_string(content.size()) + " ";
  }
  const ScratchFile file{content};
  TestServer server;
  server.source.answers(
      ApiRoute::Artifact,
      {.type = "application/octet-stream",
       .file = FileSlice{.path = file.path(), .offset = 1000, .length = 2'500'000}});

  const auto reply = server.get("/api/v1/runs/1/steps/main/0/attempts/1/artifacts/a");

  EXPECT_TRUE(reply.body == content.substr(1000, 2'500'000));
}

TEST(WebServer, CutsASliceThatIsLongerThanItsFileAndSaysWhenThereIsNone) {
  const ScratchFile file{"0123456789"};
  TestServer server;
  server.source.answers(ApiRoute::Artifact,
                        {.file = FileSlice{.path = file.path(), .offset = 4, .length = 2'500'000}});
  server.source.answers(ApiRoute::ReportPage,
                        {.file = FileSlice{.path = file.path() + "x", .offset = 0, .length = 5}});

  EXPECT_EQ(server.get("/api/v1/runs/1/steps/main/0/attempts/1/artifacts/a").body, "456789");
  EXPECT_EQ(server.get("/api/v1/runs/1/report.html").status, 404);
}

TEST(WebServer, ASlowAnswerHoldsUpNobodyElse) {
  TestServer server;
  server.source.hold();
  auto slow = server.client();
  slow.request("GET", "/api/v1/runs");
  server.source.wait_for_questions(1);

  const auto other = server.get("/api/v1/me");
  server.source.let_go();

  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(slow.reply().status, 200);
}

TEST(WebServer, RefusesMoreQuestionsThanItCanKeep) {
  TestServer server{{.limits = {.workers = 1, .waiting_answers = 1}}};
  server.source.hold();
  auto first = server.client();
  first.request("GET", "/api/v1/runs");
  server.source.wait_for_questions(1);

  const auto refused = server.get("/api/v1/runs");
  server.source.let_go();

  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.fields.contains("Retry-After"));
  EXPECT_EQ(first.reply().status, 200);
}

TEST(WebServer, SaysWhyItCannotListen) {
  const TestServer first;
  ScriptedSource source;
  const SharedClock clock;
  WebServer second{{.port = first.port()}, source, clock};

  EXPECT_THAT([&] { second.start(); },
              testing::ThrowsMessage<WebError>(HasSubstr("cannot listen on 127.0.0.1")));
}

TEST(WebServer, StopsWhateverItsClientsDo) {
  TestServer server;
  auto idle = server.client(), halfway = server.client(), listens = server.client();
  halfway.send("GET / HT");
  listens.request("GET", "/api/v1/events");
  listens.read_until("event: hello");

  server.server.stop();

  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(halfway.read_to_end(), "");
  EXPECT_EQ(server.server.url(), "");
  server.server.publish(journal_event(1));
  server.server.stop();
}

TEST(WebServer, WhoHasAskedBeforeItStopsIsAnswered) {
  TestServer server;
  server.source.hold();
  auto asks = server.client(), listens = server.client();
  listens.request("GET", "/api/v1/events");
  listens.read_until("event: hello");
  asks.request("GET", "/api/v1/runs");
  server.source.wait_for_questions(1);
  server.server.publish(journal_event(1));

  auto stopped = std::async(std::launch::async, [&server] { server.server.stop(); });
  EXPECT_THAT(listens.read_to_end(), HasSubstr(R"({"id":1})"));  // so it has begun to stop
  server.source.let_go();

  EXPECT_EQ(asks.reply().status, 200);
  EXPECT_EQ(asks.read_to_end(), "");
  stopped.get();
}

TEST(WebServer, CanBeStartedAgain) {
  TestServer server;
  server.server.stop();

  server.server.start();

  EXPECT_EQ(server.get("/api/v1/station").status, 200);
}

}  // namespace
}  // namespace fat

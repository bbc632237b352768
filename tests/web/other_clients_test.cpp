// The server, asked by curl and by Python's http.client, plain and with TLS.
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>

#include "web/page_files.hpp"
#include "web/scratch_users.hpp"
#include "web/test_server.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

struct CommandEnd {
  int status = 0;
  std::string output;  ///< and errors
};

CommandEnd run(const std::string& command) {
  CommandEnd end;
  auto* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> piece{};
  for (std::size_t got = 0; (got = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) {
    end.output.append(piece.data(), got);
  }
  end.status = WEXITSTATUS(::pclose(pipe));
  return end;
}

/// A certificate for localhost and its key, signed by itself.
void make_certificate(const std::filesystem::path& folder, const std::string& name) {
  const auto made = run(fmt::format(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
      "/CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {0}/{1}.key -out "
      "{0}/{1}.pem",
      folder.string(),
      name));
  ASSERT_EQ(made.status, 0) << made.output;
}

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    make_certificate(users_.folder(), "lab");
    users_.add("anna", Role::Operator, "correct horse");
  }

  WebSettings settings() const {
    return {.certificate = users_.folder() / "lab.pem",
            .key = users_.folder() / "lab.key",
            .users = users_.file()};
  }

  std::string curl() const {
    return "curl -sS --cacert " + (users_.folder() / "lab.pem").string() + " ";
  }

  ScratchUsers users_;
};

TEST(Curl, ReadsThePageCompressed) {
  const TestServer server;

  const auto got = run("curl -sS --compressed " + server.server.url() + "/app.js");

  EXPECT_EQ(got.status, 0);
  for (const auto& file : page_files()) {
    if (file.name == "app.js") {
      EXPECT_TRUE(got.output == file.bytes);
    }
  }
}

TEST(Curl, LogsInActsAndListens) {
  const ScratchUsers users;
  users.add("anna", Role::Operator, "correct horse");
  TestServer server{{.users = users.file(), .limits = {.beat = std::chrono::milliseconds{10}}}};
  const auto url = server.server.url();
  const auto jar = (users.folder() / "jar").string();
  const auto post = fmt::format(
      "curl -sS -c {0} -b {0} -H 'Content-Type: application/json' -H 'Origin: {1}' ", jar, url);

  const auto in =
      run(post + R"(-d '{"user":"anna","password":"correct horse"}' )" + url + "/api/v1/session");
  const auto acted = run(post + R"(-d '{"verb":"pause"}' )" + url + "/api/v1/verbs");
  server.source.reaches(2);
  const auto heard =
      run("curl -sSN -b " + jar + " '" + url + "/api/v1/events?after=0' 2>/dev/null | head -n 8");

  EXPECT_THAT(in.output, HasSubstr("\"anna\""));
  EXPECT_THAT(acted.output, HasSubstr(R"({"verb":"pause"})"));
  EXPECT_THAT(heard.output,
              AllOf(HasSubstr("event: hello\nid: 0\n"), HasSubstr("data: {\"id\":1}")));
}

TEST(PythonsHttpClient, SendsManyRequestsOnOneConnection) {
  const TestServer server;

  const auto got =
      run(fmt::format("python3 -c \"import http.client\n"
                      "c = http.client.HTTPConnection('127.0.0.1', {})\n"
                      "for i in range(50):\n"
                      "    c.request('GET', '/api/v1/runs/%d' % i)\n"
                      "    r = c.getresponse()\n"
                      "    assert r.status == 200 and b'<%d>' % i in r.read()\n"
                      "    assert not r.will_close\n"
                      "c.request('GET', '/api/v1/x')\n"
                      "assert c.getresponse().status == 404\n\"",
                      server.port()));

  EXPECT_EQ(got.status, 0) << got.output;
}

TEST_F(Tls, ServesWhoTrustsTheCertificate) {
  const TestServer server{settings()};

  const auto got = run(curl() + server.server.url() + "/api/v1/me");

  EXPECT_THAT(server.server.url(), StartsWith("https://127.0.0.1:"));
  EXPECT_EQ(got.output, R"({"user":null,"role":null,"users":true})");
}

TEST_F(Tls, MarksTheCookieAsSecure) {
  const TestServer server{settings()};
  const auto url = server.server.url();

  const auto got =
      run(curl() + "-i -H 'Content-Type: application/json' -H 'Origin: " + url +
          R"(' -d '{"user":"anna","password":"correct horse"}' )" + url + "/api/v1/session");

  EXPECT_THAT(got.output, AllOf(HasSubstr("Set-Cookie: __Host-fatmaster_"), HasSubstr("; Secure")));
}

TEST_F(Tls, SpeaksNoOldVersion) {
  const TestServer server{settings()};
  const auto url = server.server.url() + "/api/v1/me";

  EXPECT_NE(run(curl() + "--tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 " + url).status, 0);
  EXPECT_EQ(run(curl() + "--tls-max 1.2 " + url).status, 0);
}

TEST_F(Tls, OutlivesWhoSpeaksSomethingElseOrNothing) {
  auto with_short_time = settings();
  with_short_time.limits.request_time = std::chrono::milliseconds{200};
  const TestServer server{with_short_time};
  auto silent = server.client(), plain = server.client();

  plain.request("GET", "/");

  plain.read_to_end();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(run(curl() + server.server.url() + "/api/v1/me").status, 0);
}

TEST_F(Tls, ListensWhereOthersReachItWhenThereAreUsers) {
  auto everywhere = settings();
  everywhere.address = "0.0.0.0";
  const TestServer server{everywhere};

  const auto got = run(fmt::format("{} https://localhost:{}/api/v1/me", curl(), server.port()));

  EXPECT_EQ(got.status, 0) << got.output;
}

TEST_F(Tls, SaysWhatIsWrongWithItsFiles) {
  make_certificate(users_.folder(), "other");
  ScriptedSource source;
  const SharedClock clock;
  const auto start = [&](const std::string& certificate, const std::string& key) {
    auto wrong = settings();
    wrong.certificate = users_.folder() / certificate;
    wrong.key = users_.folder() / key;
    wrong.port = 0;
    WebServer{wrong, source, clock}.start();
  };

  EXPECT_THAT([&] { start("none.pem", "lab.key"); },
              ThrowsMessage<WebError>(HasSubstr("none.pem")));
  EXPECT_THAT([&] { start("lab.pem", "none.key"); },
              ThrowsMessage<WebError>(HasSubstr("none.key")));
  EXPECT_THAT([&] { start("lab.pem", "other.key"); },
              ThrowsMessage<WebError>(HasSubstr("other.key")));
}

}  // namespace
}  // namespace fat

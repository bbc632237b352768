#include <chrono>

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "web/test_server.hpp"

namespace fat {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::chrono::milliseconds kShort{50};

/// What the server says to a client that sends this and waits for the end.
std::string said_to(const TestServer& server, std::string_view bytes) {
  auto client = server.client();
  client.send(bytes);
  return client.read_to_end();
}

TEST(HostileClient, IsToldThatThisIsNotHttpAndIsCutOff) {
  const TestServer server;

  for (const std::string_view bytes :
       {"garbage\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA\x01: b\r\n\r\n",
        "GET http://elsewhere/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_THAT(said_to(server, bytes), StartsWith("HTTP/1.1 400 ")) << bytes;
  }
  EXPECT_EQ(server.get("/api/v1/station").status, 200);
}

TEST(HostileClient, HasAHeaderAndABodyOfBoundedLength) {
  const TestServer server;
  const std::string start = "GET / HTTP/1.1\r\nHost: localhost\r\n";

  const auto one_field = said_to(server, start + "A: " + std::string(20'000, 'a') + "\r\n\r\n");
  std::string many = start;
  while (many.size() < 20'000) {
    many += "A: b\r\n";
  }
  const auto many_fields = said_to(server, many + "\r\n");
  const auto body = said_to(
      server, "POST /api/v1/verbs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n");
  const auto chunks =
      said_to(server,
              "POST /api/v1/verbs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
              "chunked\r\n\r\n100001\r\n" +
                  std::string(0x100001, 'x'));

  EXPECT_THAT(one_field, StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(many_fields, StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(body, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(chunks, StartsWith("HTTP/1.1 413 "));
}

TEST(HostileClient, IsToldThatItsBodyIsTooLongEvenWhenItGoesOnSending) {
  const TestServer server;
  auto client = server.client();

  client.send("POST /api/v1/verbs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n");
  client.send(std::string(2'000'000, 'x'));

  EXPECT_EQ(client.reply().status, 413);
}

TEST(HostileClient, MaySendABodyThatItIsToldToSend) {
  TestServer server;
  const auto cookie = server.expert_cookie();
  auto client = server.client();
  client.send(
      fmt::format("POST /api/v1/verbs HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nOrigin: "
                  "http://127.0.0.1:{0}\r\nContent-Type: application/json\r\n{1}Expect: "
                  "100-continue\r\nContent-Length: 2\r\n\r\n",
                  server.port(),
                  cookie));

  client.read_until("HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");

  EXPECT_THAT(client.reply().body, HasSubstr("{}"));
}

TEST(HostileClient, ThatLeavesInTheMiddleIsForgotten) {
  const TestServer server;

  for (const auto* const part :
       {"G", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"}) {
    auto client = server.client();
    client.send(part);
    client.end_sending();
    EXPECT_THAT(client.read_to_end(), "") << part;
  }
  EXPECT_EQ(server.get("/api/v1/station").status, 200);
}

TEST(HostileClient, ThatSendsSlowlyIsCutOff) {
  const TestServer server{{.limits = {.request_time = kShort}}};
  auto client = server.client();
  client.send("GET / HTTP/1.1\r\n");

  EXPECT_EQ(client.read_to_end(), "");
}

TEST(HostileClient, IsNotGivenMoreTimeForEveryByte) {
  const TestServer server{{.limits = {.request_time = kShort}}};
  auto client = server.client();
  client.send("GET / HTTP/1.1\r\n");

  // Bytes come as fast as they can be sent, none of which ends the request, until the server
  // closes.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  pollfd closed{.fd = client.descriptor(), .events = POLLIN | POLLRDHUP, .revents = 0};
  while (::poll(&closed, 1, 1) == 0 && std::chrono::steady_clock::now() < deadline) {
    client.send("A");
  }

  EXPECT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST(HostileClient, ThatSaysNothingIsCutOff) {
  const TestServer server{{.limits = {.idle_time = kShort}}};
  auto fresh = server.client(), used = server.client();
  used.request("GET", "/api/v1/station");
  EXPECT_EQ(used.reply().status, 200);

  EXPECT_EQ(fresh.read_to_end(), "");
  EXPECT_EQ(used.read_to_end(), "");
}

TEST(HostileClient, ThatDoesNotReadItsAnswerIsCutOff) {
  TestServer server{{.limits = {.write_time = kShort, .per_address = 1}}};
  std::string long_text;
  long_text.resize(30'000'000, 'x');  // more than the kernel takes for us
  server.source.answers(ApiRoute::Runs, {.body = std::move(long_text)});
  auto client = server.client();
  const int small = 4096;
  ::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  client.request("GET", "/api/v1/runs");
  server.source.wait_for_questions(1);

  // While it holds the only place, all others are refused.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  int status = 503;
  while (status == 503 && std::chrono::steady_clock::now() < deadline) {
    status = server.get("/api/v1/station").status;
  }
  EXPECT_EQ(status, 200);
}

TEST(HostileClient, MakesRoomForOthersWhenItIsIdle) {
  const TestServer server{{.limits = {.connections = 3}}};
  auto first = server.client(), second = server.client(), third = server.client();
  first.request("GET", "/api/v1/station");
  EXPECT_EQ(first.reply().status, 200);

  const auto fourth = server.get("/api/v1/station");

  EXPECT_EQ(fourth.status, 200);
  EXPECT_EQ(second.read_to_end(), "");  // idle for longest: it never said anything
}

TEST(HostileClient, IsRefusedWhenAllOthersAreBusy) {
  const TestServer server{{.limits = {.per_address = 2}}};
  auto one = server.client(), two = server.client();
  for (auto* const client : {&one, &two}) {
    client->request("GET", "/api/v1/events");
    client->read_until("event: hello");
  }

  EXPECT_EQ(server.get("/api/v1/station").status, 503);
}

/// Soft limit of open files: as many as the machine allows.
std::size_t raised_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

TEST(HostileClient, MayOpenTenThousandConnectionsAndLeaveThem) {
  constexpr std::size_t spare = 1500;
  const auto count = std::min<std::size_t>(10'000, raised_limit() - spare);
  ASSERT_GT(count, 1000U);
  const TestServer server;
  auto listens = server.client();
  listens.request("GET", "/api/v1/events");
  listens.read_until("event: hello");

  std::vector<WebClient> left;
  left.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    left.push_back(server.client());
    if (i % 3 == 0) {
      left.back().send("GET / HTTP/1.1\r\nHost: ");
    }
    if (i % 1000 == 0) {
      EXPECT_EQ(server.get("/api/v1/station").status, 200);
    }
  }

  EXPECT_EQ(server.get("/api/v1/station").status, 200);
  left.front().request("GET", "/");
  EXPECT_THAT(left.front().read_to_end(), AnyOf("", StartsWith("HTTP/1.1 400")));
  auto late = server.client();
  late.request("GET", "/api/v1/events");
  late.read_until("event: hello");
}

}  // namespace
}  // namespace fat

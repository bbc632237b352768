#include "web/request_reader.hpp"

#include <gmock/gmock.h>

#include "web/same_site.hpp"
#include "web/target.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(RequestReader, ReadsTheSameByteByByte) {
  const std::string bytes =
      "POST /a?b=c HTTP/1.1\r\nHost: lab\r\nX-Other: z\r\nContent-Length: 5\r\n\r\nhello"
      "GET /d HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n";
  RequestReader reader{{}};
  std::vector<HttpRequest> requests;

  for (const char byte : bytes) {
    reader.feed({&byte, 1});
    auto result = reader.next();
    ASSERT_NE(result.step, ReadStep::Refused) << result.text;
    if (result.step == ReadStep::Complete) {
      requests.push_back(std::move(result.request));
    }
  }

  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/a?b=c");
  EXPECT_EQ(requests[0].body, "hello");
  EXPECT_THAT(requests[0].fields, ElementsAre(Pair("host", "lab")));
  EXPECT_TRUE(requests[0].keep_alive);
  EXPECT_EQ(requests[1].target, "/d");
  EXPECT_FALSE(requests[1].keep_alive);
  EXPECT_FALSE(reader.within_request());
}

TEST(RequestReader, ReadsBodiesInChunksByteByByte) {
  const std::string header = "POST / HTTP/1.1\r\nHost: lab\r\nTransfer-Encoding: chunked\r\n\r\n";
  RequestReader reader{{}};
  std::vector<std::string> bodies;

  auto bytes = header;
  bytes.append("0\r\n\r\n").append(header).append("5\r\nhello\r\n0\r\nA: b\r\n\r\n");
  for (const char byte : bytes) {
    reader.feed({&byte, 1});
    auto result = reader.next();
    ASSERT_NE(result.step, ReadStep::Refused) << result.text;
    if (result.step == ReadStep::Complete) {
      bodies.push_back(std::move(result.request.body));
    }
  }

  EXPECT_THAT(bodies, ElementsAre("", "hello"));
  EXPECT_FALSE(reader.within_request());
}

TEST(RequestReader, CountsEveryByteOfAHeaderThatComesInPieces) {
  RequestReader reader{{.header_bytes = 200}};
  reader.feed("GET / HTTP/1.1\r\n");
  auto step = reader.next().step;

  int pieces = 0;
  while (step == ReadStep::NeedsMore && pieces < 100) {
    reader.feed("A: b\r\n");
    step = reader.next().step;
    ++pieces;
  }

  EXPECT_EQ(step, ReadStep::Refused);
  EXPECT_LT(pieces, 35);
}

TEST(ReadTarget, DecodesPartsAndQuery) {
  const auto target = read_target("/a%20b/c%2fd?x=1+2&y=%26&z");

  EXPECT_EQ(target.problem, "");
  EXPECT_THAT(target.parts, ElementsAre("a b", "c/d"));
  EXPECT_THAT(target.query, ElementsAre(Pair("x", "1 2"), Pair("y", "&"), Pair("z", "")));
}

TEST(ReadTarget, RefusesWhatIsBroken) {
  for (const auto* const text : {"",
                                 "a",
                                 "/a//b",
                                 "/a/",
                                 "/.",
                                 "/a/..",
                                 "/%2e%2e%2fa",
                                 "/a%2f",
                                 "/%",
                                 "/%4",
                                 "/%g1",
                                 "/%ff",
                                 "/a#b",
                                 "/?a=%0a",
                                 "/?a=1&a=2",
                                 "/?=1",
                                 "/?a%=1"}) {
    EXPECT_NE(read_target(text).problem, "") << text;
  }
  EXPECT_NE(read_target("/" + std::string(100, '/')).problem, "");
  std::string many = "/?";
  for (int i = 0; i < 30; ++i) {
    many += "k" + std::to_string(i) + "&";
  }
  EXPECT_NE(read_target(many).problem, "");
}

TEST(HostName, IsReadWithoutItsPort) {
  EXPECT_EQ(host_name_of("lab:8080"), "lab");
  EXPECT_EQ(host_name_of("[::1]:8080"), "::1");
  EXPECT_EQ(host_name_of("[::1]"), "::1");
  EXPECT_EQ(port_of("[::1]:8080"), "8080");
  EXPECT_EQ(port_of("lab"), "");
  for (const auto* const text :
       {"", "lab:", "lab:x", "lab:123456", "[::1", "[::1]x", "lab:80:80"}) {
    EXPECT_EQ(host_name_of(text), "") << text;
  }
}

TEST(Cookie, IsFoundAmongOthersByItsWholeName) {
  const HttpRequest request{
      .method = {}, .target = {}, .fields = {{"cookie", "xab=1; ab=2;ab=3 ; a=4"}}, .body = {}};

  EXPECT_EQ(cookie_of(request, "ab"), "2");
  EXPECT_EQ(cookie_of(request, "a"), "4");
  EXPECT_EQ(cookie_of(request, "b"), "");
}

}  // namespace
}  // namespace fat

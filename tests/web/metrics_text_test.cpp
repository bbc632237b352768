#include "fat/web/metrics_text.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "web/scratch_users.hpp"
#include "web/test_server.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

MetricFamily family_with(std::string value) {
  return {.name = "fatmaster_x",
          .help = "h",
          .samples = {{.labels = {{"l", std::move(value)}}, .value = 1}}};
}

/// What stands between the quotes of the only label.
std::string shown(std::string value) {
  const auto text = metrics_text({family_with(std::move(value))});
  const auto from = text.find("{l=\"") + 4;
  return text.substr(from, text.rfind("\"} 1\n") - from);
}

TEST(MetricsText, IsOneBlockForEachFamily) {
  const auto text = metrics_text(
      {{.name = "fatmaster_reading_volts",
        .help = "What channels show",
        .samples = {{.labels = {{"channel", "hv"}, {"instrument", "caen"}}, .value = 1500.25},
                    {.labels = {{"channel", "lv"}}, .value = -5}}},
       {.name = "fatmaster_run_attempts_total",
        .help = "Attempts",
        .kind = MetricKind::Counter,
        .samples = {{.labels = {}, .value = 3}}}});

  EXPECT_EQ(text,
            "# HELP fatmaster_reading_volts What channels show\n"
            "# TYPE fatmaster_reading_volts gauge\n"
            "fatmaster_reading_volts{channel=\"hv\",instrument=\"caen\"} 1500.25\n"
            "fatmaster_reading_volts{channel=\"lv\"} -5\n"
            "# HELP fatmaster_run_attempts_total Attempts\n"
            "# TYPE fatmaster_run_attempts_total counter\n"
            "fatmaster_run_attempts_total 3\n");
}

TEST(MetricsText, EscapesWhatWouldEndALabel) {
  EXPECT_EQ(shown(R"(a"} 7)"), R"(a\"} 7)");
  EXPECT_EQ(shown(R"(C:\n)"), R"(C:\\n)");
  EXPECT_EQ(shown("a\nfatmaster_x 7"), "a\\nfatmaster_x 7");
  EXPECT_EQ(shown(R"(\")"), R"(\\\")");
}

TEST(MetricsText, ReplacesWhatNoReaderTakes) {
  EXPECT_EQ(shown("\xff\xc3(ok"), "\xef\xbf\xbd\xef\xbf\xbd(ok");
  EXPECT_EQ(shown(std::string{"a\0b\rc\x7f", 6}),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd"
            "c\xef\xbf\xbd");
  EXPECT_EQ(shown("20 \xc2\xb0"
                  "C"),
            "20 \xc2\xb0"
            "C");
}

TEST(MetricsText, KeepsHelpInOneLine) {
  const auto text = metrics_text({{.name = "a", .help = "one\ntwo \\ \"", .samples = {{{}, 1}}}});

  EXPECT_THAT(text, HasSubstr("# HELP a one\\ntwo \\\\ \"\n"));
}

TEST(MetricsText, LeavesOutWhatIsNoNumberAndEmptyLabelsAndFamilies) {
  const auto text = metrics_text(
      {{.name = "a",
        .help = "h",
        .samples = {{.labels = {{"x", ""}}, .value = 2},
                    {.labels = {{"x", "nan"}}, .value = std::nan("")},
                    {.labels = {{"x", "inf"}}, .value = std::numeric_limits<double>::infinity()}}},
       {.name = "b", .help = "h", .samples = {}},
       {.name = "c", .help = "h", .samples = {{.labels = {}, .value = std::nan("")}}}});

  EXPECT_EQ(text, "# HELP a h\n# TYPE a gauge\na 2\n");
}

TEST(MetricsText, TheFirstOfTwoSamplesWithTheSameLabelsCounts) {
  auto family = family_with("a\x01");
  family.samples.push_back({.labels = {{"l", "a\x02"}}, .value = 2});

  EXPECT_THAT(metrics_text({family}),
              testing::EndsWith("gauge\nfatmaster_x{l=\"a\xef\xbf\xbd\"} 1\n"));
}

TEST(MetricsText, WritesNumbersThatReadBackTheSame) {
  for (const double value : {1795219200.123456, 1e-12, 1e300, 0.1, -273.15}) {
    const auto text = metrics_text({{.name = "a", .help = "h", .samples = {{{}, value}}}});
    EXPECT_EQ(std::stod(text.substr(text.rfind(' '))), value);
  }
}

TEST(MetricsPage, StandsOutsideOfTheApiForWhoMayRead) {
  TestServer server;
  server.source.answers(ApiRoute::Metrics,
                        {.status = 200, .type = std::string{kMetricsType}, .body = "a 1\n"});

  const auto reply = server.get("/metrics");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.fields.at("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(reply.body, "a 1\n");
  EXPECT_EQ(server.get("/metrics", "Authorization: Bearer nobody\r\n").status, 401);
  EXPECT_EQ(server.get("/api/v1/metrics").status, 404);
  EXPECT_EQ(server.get("/metrics/x").status, 404);
  EXPECT_EQ(server.get("/me").status, 404);
  EXPECT_EQ(server.get("/metrics?run=1").status, 400);
}

TEST(MetricsPage, IsForNobodyElsesHost) {
  const TestServer server;
  auto client = server.client();

  client.send("GET /metrics HTTP/1.1\r\nHost: evil.example.org\r\n\r\n");

  EXPECT_EQ(client.reply().status, 421);
}

TEST(MetricsPage, NeedsATokenWhereThereAreUsers) {
  const ScratchUsers users;
  users.add("prometheus", Role::Viewer);
  const auto token = users.add_token("prometheus");
  const TestServer server{{.users = users.file()}};

  EXPECT_EQ(server.get("/metrics").status, 401);
  EXPECT_EQ(server.get("/metrics", "Authorization: Bearer " + token + "\r\n").status, 200);
}

}  // namespace
}  // namespace fat

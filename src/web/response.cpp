// What is answered -> the bytes of its header.
#include "web/response.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

/// Of every answer. What it says itself goes first.
constexpr std::array<std::pair<const char*, const char*>, 7> kProtection{
    {{"Cache-Control", "no-store"},
     {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
     {"Cross-Origin-Opener-Policy", "same-origin"},
     {"Cross-Origin-Resource-Policy", "same-origin"},
     {"Referrer-Policy", "no-referrer"},
     {"X-Content-Type-Options", "nosniff"},
     {"X-Frame-Options", "DENY"}}};

bool has_control(const std::string& text) {
  return std::ranges::any_of(text, [](char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
  });
}

}  // namespace

std::string header_text(const Response& response,
                        std::optional<std::uint64_t> length,
                        AfterAnswer after) {
  namespace http = boost::beast::http;
  const auto reason =
      http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
  auto text = fmt::format(
      "HTTP/1.1 {} {}\r\n", response.status, std::string_view{reason.data(), reason.size()});
  const auto add = [&text](const std::string& name, const std::string& value) {
    if (!has_control(name) && !has_control(value)) {
      text += fmt::format("{}: {}\r\n", name, value);
    }
  };
  auto fields = response.fields;
  fields.insert(kProtection.begin(), kProtection.end());
  for (const auto& [name, value] : fields) {
    add(name, value);
  }
  if (length) {
    add("Content-Length", std::to_string(*length));
  }
  add("Connection", after == AfterAnswer::Close ? "close" : "keep-alive");
  return text + "\r\n";
}

Response said(int status, std::string_view text) {
  Response response{.status = status};
  response.fields["Content-Type"] = "application/json";
  response.body = nlohmann::json{{"text", valid_utf8(text)}}.dump();
  return response;
}

Response to_response(ApiAnswer answer) {
  const bool sound = answer.status >= 200 && answer.status <= 599;
  Response response{.status = sound ? answer.status : 500};
  response.fields = std::move(answer.headers);
  response.fields["Content-Type"] = std::move(answer.type);
  response.body = std::move(answer.body);
  response.file = std::move(answer.file);
  return response;
}

}  // namespace fat

#include "cli/api_answer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace fat {

namespace {

std::optional<std::uint64_t> digits_of(const std::string& text, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return !text.empty() && parsed.ec == std::errc{} && parsed.ptr == end && number <= most
             ? std::optional{number}
             : std::nullopt;
}

}  // namespace

ApiAnswer json_answer(std::string body, int status) {
  ApiAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

ApiAnswer refusal_answer(int status, const std::string& text) {
  using Json = nlohmann::json;
  return json_answer(Json{{"text", text}}.dump(-1, ' ', false, Json::error_handler_t::replace),
                     status);
}

std::string query_text(const ApiRequest& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

std::optional<std::uint64_t> query_number(const ApiRequest& request,
                                          const char* name,
                                          std::uint64_t most) {
  const auto text = query_text(request, name);
  if (text.empty()) {
    return std::nullopt;
  }
  const auto number = digits_of(text, most);
  if (!number) {
    throw ApiRefused{400, fmt::format("'{}' is a whole number from 0 to {}", name, most)};
  }
  return number;
}

bool query_flag(const ApiRequest& request, const char* name) {
  const auto text = query_text(request, name);
  return text == "1" || text == "true";
}

std::uint64_t part_number(const ApiRequest& request, std::size_t part, std::uint64_t most) {
  const auto number = digits_of(request.parts.at(part), most);
  if (!number) {
    throw ApiRefused{404, "there is nothing of that name"};
  }
  return *number;
}

std::optional<WallTime> moment_of_iso(const std::string& text) {
  constexpr std::size_t whole = 19;  // "2026-11-21T20:19:54"
  if (text.size() < whole + 1 || text.size() > whole + 8 || text.back() != 'Z') {
    return std::nullopt;
  }
  std::array<int, 6> fields{};
  constexpr std::array<std::size_t, 6> places{0, 5, 8, 11, 14, 17};
  constexpr std::array<std::uint64_t, 6> most{9999, 12, 31, 23, 59, 60};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto number = digits_of(text.substr(places[i], i == 0 ? 4 : 2), most[i]);
    if (!number) {
      return std::nullopt;
    }
    fields[i] = static_cast<int>(*number);
  }
  const std::chrono::year_month_day day{std::chrono::year{fields[0]},
                                        std::chrono::month{static_cast<unsigned>(fields[1])},
                                        std::chrono::day{static_cast<unsigned>(fields[2])}};
  if (!day.ok()) {
    return std::nullopt;
  }
  auto fraction = text.substr(whole, text.size() - whole - 1);
  Microseconds rest{0};
  if (!fraction.empty()) {
    fraction = fraction.substr(1) + std::string(7 - fraction.size(), '0');
    const auto number = digits_of(fraction, 999'999);
    if (text[whole] != '.' || !number) {
      return std::nullopt;
    }
    rest = Microseconds{*number};
  }
  return WallTime{std::chrono::sys_days{day}} + std::chrono::hours{fields[3]} +
         std::chrono::minutes{fields[4]} + std::chrono::seconds{fields[5]} + rest;
}

}  // namespace fat

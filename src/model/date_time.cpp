#include "fat/model/date_time.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

namespace fat {

namespace {

/// Reads numbers and marks from the front of a text; once something did not fit, `ok` stays false.
struct Reader {
  std::string_view text;
  bool ok = true;

  int digits(std::size_t count) {
    int value = 0;
    const auto part = text.substr(0, count);
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    ok = ok && part.size() == count && error == std::errc{} && end == part.data() + count &&
         part.front() != '-';
    text.remove_prefix(part.size());
    return value;
  }

  bool skip(std::string_view marks) {
    const bool found = !text.empty() && marks.find(text.front()) != std::string_view::npos;
    text.remove_prefix(found ? 1 : 0);
    return found;
  }

  void need(std::string_view marks) { ok = skip(marks) && ok; }
};

struct Fields {
  std::chrono::year_month_day day;
  int hour = 0, minute = 0, second = 0;
  std::optional<std::chrono::minutes> offset;
};

std::optional<std::chrono::minutes> read_offset(Reader& reader) {
  if (reader.text.empty()) {
    return std::nullopt;
  }
  if (reader.skip("Zz")) {
    return std::chrono::minutes{0};
  }
  const int sign = reader.text.starts_with('-') ? -1 : 1;
  reader.need("+-");
  const int hours = reader.digits(2);
  reader.skip(":");
  const int minutes = reader.digits(2);
  reader.ok = reader.ok && hours < 15 && minutes < 60;
  return std::chrono::minutes{sign * (hours * 60 + minutes)};
}

std::optional<Fields> read_fields(std::string_view text) {
  Reader reader{text};
  Fields fields;
  const int year = reader.digits(4);
  reader.need("-");
  const int month = reader.digits(2);
  reader.need("-");
  const int day = reader.digits(2);
  reader.need(" T");
  fields.hour = reader.digits(2);
  reader.need(":");
  fields.minute = reader.digits(2);
  if (reader.skip(":")) {
    fields.second = reader.digits(2);
  }
  if (reader.text.size() > 1) {
    reader.skip(" ");
  }
  fields.offset = read_offset(reader);
  fields.day = {std::chrono::year{year},
                std::chrono::month{static_cast<unsigned>(month)},
                std::chrono::day{static_cast<unsigned>(day)}};
  const bool in_range = fields.hour < 24 && fields.minute < 60 && fields.second < 60;
  if (!reader.ok || !reader.text.empty() || !fields.day.ok() || !in_range || year < 1970) {
    return std::nullopt;
  }
  return fields;
}

}  // namespace

std::optional<WallTime> parse_date_time(std::string_view text) {
  const auto fields = read_fields(text);
  if (!fields) {
    return std::nullopt;
  }
  if (fields->offset) {
    return WallTime{std::chrono::sys_days{fields->day} + std::chrono::hours{fields->hour} +
                    std::chrono::minutes{fields->minute} + std::chrono::seconds{fields->second} -
                    *fields->offset};
  }
  std::tm local{};
  local.tm_year = static_cast<int>(fields->day.year()) - 1900;
  local.tm_mon = static_cast<int>(static_cast<unsigned>(fields->day.month())) - 1;
  local.tm_mday = static_cast<int>(static_cast<unsigned>(fields->day.day()));
  local.tm_hour = fields->hour;
  local.tm_min = fields->minute;
  local.tm_sec = fields->second;
  local.tm_isdst = -1;
  return WallTime{std::chrono::seconds{std::mktime(&local)}};
}

}  // namespace fat

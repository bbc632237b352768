// Names that sort by time, whatever the clock did.
#include "store/snapshot_names.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "fat/model/run_paths.hpp"

namespace fat::store {

namespace {

constexpr std::string_view kEnding = "Z.tar.zst";

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  const auto part = text.substr(from, count);
  const bool plain = part.size() == count && part.find_first_of("+-") == std::string_view::npos;
  const auto number = plain ? parse_integer(part) : std::nullopt;
  return number && std::in_range<int>(*number) ? std::optional(static_cast<int>(*number))
                                               : std::nullopt;
}

/// "20261121T023344.123456"
std::optional<WallTime> parse_time(std::string_view text) {
  if (text.size() != 22 || text[8] != 'T' || text[15] != '.') {
    return std::nullopt;
  }
  const auto year = digits(text, 0, 4), month = digits(text, 4, 2), day = digits(text, 6, 2);
  const auto hour = digits(text, 9, 2), minute = digits(text, 11, 2), second = digits(text, 13, 2);
  const auto fraction = digits(text, 16, 6);
  if (!year || !month || !day || !hour || !minute || !second || !fraction) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second) + Microseconds(*fraction);
}

}  // namespace

std::filesystem::path snapshot_folder(const std::filesystem::path& target, int run) {
  return target / run_name(run);
}

std::string snapshot_name(int run, WallTime made) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(made);
  return fmt::format("{}_{:%Y%m%dT%H%M%S}.{:06}{}",
                     run_name(run),
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (made - seconds).count(),
                     kEnding);
}

std::optional<WallTime> snapshot_time(int run, const std::string& name) {
  const auto start = run_name(run) + "_";
  std::string_view rest = name;
  if (!rest.starts_with(start) || !rest.ends_with(kEnding) ||
      rest.size() <= start.size() + kEnding.size()) {
    return std::nullopt;
  }
  rest.remove_prefix(start.size());
  rest.remove_suffix(kEnding.size());
  return parse_time(rest);
}

std::vector<std::filesystem::path> snapshots_in(const std::filesystem::path& folder, int run) {
  std::vector<std::filesystem::path> archives;
  if (!std::filesystem::exists(folder)) {
    return archives;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (snapshot_time(run, entry.path().filename().string())) {
      archives.push_back(entry.path());
    }
  }
  std::ranges::sort(archives, std::greater<>());
  return archives;
}

}  // namespace fat::store

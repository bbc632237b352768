#include "store/readings_history.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat::store {

namespace {

/// `next` comes to what `whole` has already; its mean is a sum meanwhile.
void take_in(HistoryPoint& whole, const HistoryPoint& next) {
  if (next.valid > 0) {
    whole.low = whole.valid == 0 ? next.low : std::min(whole.low, next.low);
    whole.high = whole.valid == 0 ? next.high : std::max(whole.high, next.high);
    whole.mean += next.mean * next.valid;
  }
  whole.valid += next.valid;
  whole.invalid += next.invalid;
}

/// Neighbours joined until there are at most `most`.
std::vector<HistoryPoint> coarser(std::vector<HistoryPoint> points, std::size_t most) {
  if (points.size() <= most) {
    return points;
  }
  const auto group = (points.size() + most - 1) / most;
  std::vector<HistoryPoint> joined;
  for (std::size_t place = 0; place < points.size(); ++place) {
    if (place % group == 0) {
      joined.push_back({.from = points[place].from});
    }
    take_in(joined.back(), points[place]);
  }
  for (auto& whole : joined) {
    whole.mean = whole.valid == 0 ? 0 : whole.mean / whole.valid;
  }
  return joined;
}

Statement& bind_span(Statement& statement, const HistorySpan& span) {
  return statement.bind(1, span.channel).bind(2, span.from).bind(3, span.until);
}

std::optional<std::int64_t> first_in(const Database& database,
                                     const char* table,
                                     const HistorySpan& span) {
  Statement found{
      database.handle(),
      fmt::format("SELECT min(at) FROM {} WHERE channel=?1 AND at>=?2 AND at<?3", table)};
  const Reading guard{found};
  return bind_span(found, span).step() && !found.is_null(0) ? std::optional{found.integer(0)}
                                                            : std::nullopt;
}

std::size_t count_in(const Database& database, const char* table, const HistorySpan& span) {
  Statement found{
      database.handle(),
      fmt::format("SELECT count(*) FROM {} WHERE channel=?1 AND at>=?2 AND at<?3", table)};
  const Reading guard{found};
  return bind_span(found, span).step() ? static_cast<std::size_t>(found.integer(0)) : 0;
}

/// Whether the finer table was not yet cut off where the span begins.
bool reaches_as_far(const std::optional<std::int64_t>& finer,
                    const std::optional<std::int64_t>& coarse,
                    const ReadingLevel& level) {
  return finer && (!coarse || *finer < *coarse + level.length);
}

std::vector<HistoryPoint> singles(const Database& database, const HistorySpan& span) {
  Statement rows{database.handle(),
                 "SELECT at,value FROM single WHERE channel=?1 AND at>=?2 AND at<?3 ORDER BY at"};
  const Reading guard{rows};
  bind_span(rows, span);
  std::vector<HistoryPoint> points;
  while (rows.step()) {
    const auto value = value_in(rows, 1);
    points.push_back({.from = wall_of(rows.integer(0)),
                      .low = value.value_or(0),
                      .mean = value.value_or(0),
                      .high = value.value_or(0),
                      .valid = value ? 1 : 0,
                      .invalid = value ? 0 : 1});
  }
  return points;
}

std::vector<HistoryPoint> sums_of(const Database& database,
                                  const char* table,
                                  const HistorySpan& span) {
  Statement rows{database.handle(),
                 fmt::format("SELECT at,low,high,sum,valid,invalid FROM {} WHERE channel=?1 AND "
                             "at>=?2 AND at<?3 ORDER BY at",
                             table)};
  const Reading guard{rows};
  bind_span(rows, span);
  std::vector<HistoryPoint> points;
  while (rows.step()) {
    const auto valid = static_cast<int>(rows.integer(4));
    points.push_back({.from = wall_of(rows.integer(0)),
                      .low = value_in(rows, 1).value_or(0),
                      .mean = valid == 0 ? 0 : rows.real(3) / valid,
                      .high = value_in(rows, 2).value_or(0),
                      .valid = valid,
                      .invalid = static_cast<int>(rows.integer(5))});
  }
  return points;
}

}  // namespace

std::int64_t milliseconds_of(WallTime when) {
  return std::chrono::floor<std::chrono::milliseconds>(when).time_since_epoch().count();
}

WallTime wall_of(std::int64_t milliseconds) {
  return WallTime{std::chrono::milliseconds{milliseconds}};
}

std::optional<double> value_in(const Statement& statement, int column) {
  return statement.is_null(column) ? std::nullopt : std::optional{statement.real(column)};
}

std::vector<HistoryPoint> read_history(const Database& database,
                                       const HistorySpan& span,
                                       std::size_t most) {
  const auto& [minute, ten] = kReadingLevels;
  const auto first_minute = first_in(database, minute.table, span);
  const auto first_single = first_in(database, "single", span);
  if (reaches_as_far(first_single, first_minute, minute) &&
      count_in(database, "single", span) <= most) {
    return singles(database, span);
  }
  const auto first_ten = first_in(database, ten.table, span);
  const bool minutes_do = reaches_as_far(first_minute, first_ten, ten) &&
                          count_in(database, minute.table, span) <= most;
  return coarser(sums_of(database, minutes_do ? minute.table : ten.table, span), most);
}

}  // namespace fat::store

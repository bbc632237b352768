// A channel and a span of time in the readings file -> points, as fine as there is room for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "fat/store/readings_file.hpp"
#include "store/database.hpp"

namespace fat::store {

/// A table of what readings of a while come to.
struct ReadingLevel {
  const char* table;
  std::int64_t length;  ///< ms
};

inline constexpr std::array kReadingLevels{ReadingLevel{"minutes", 60'000},
                                           ReadingLevel{"ten_minutes", 600'000}};

/// Milliseconds since 1970, as the file has them.
std::int64_t milliseconds_of(WallTime when);
WallTime wall_of(std::int64_t milliseconds);

/// nullopt: NULL.
std::optional<double> value_in(const Statement& statement, int column);

struct HistorySpan {
  std::int64_t channel, from, until;  ///< ms
};

/// The finest table that has at most `most` rows of the span and reaches as far back as the others.
std::vector<HistoryPoint> read_history(const Database& database,
                                       const HistorySpan& span,
                                       std::size_t most);

}  // namespace fat::store

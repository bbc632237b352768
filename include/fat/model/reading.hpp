// What a channel shows at one moment, and whether it may be believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// None: nothing was read yet. Failed: the instrument did not answer, or refused. OutOfRange:
/// beyond `valid`, or where the calibration says nothing. Stale: older than `maximum_age`. Lent:
/// the instrument was not asked, for its link belongs to somebody else now. Stored as numbers.
enum class ReadingState { Ok, None, Failed, OutOfRange, Stale, Lent };

/// "ok", "none", "failed", "out of range", "stale", "lent".
std::string_view to_string(ReadingState state);

/// What an instrument answered to one question. Without a value `why` says what went wrong.
struct RawReading {
  std::optional<double> value;
  std::string why;
  bool lent = false;  ///< it was not asked; `why` says to whom it is lent
};

struct Reading {
  Instant at;                   ///< when the instrument answered, or did not
  std::optional<double> value;  ///< in the channel's unit; only when `state` is Ok
  ReadingState state = ReadingState::None;
  std::string why;  ///< in words, when `state` is not Ok

  bool is_valid() const { return state == ReadingState::Ok; }
};

struct TimedReading {
  std::string channel;
  Reading reading;
};

}  // namespace fat

// Text -> text in colour, when colour is wanted.
#pragma once

#include <string>
#include <string_view>

#include "fat/model/outcome.hpp"
#include "fat/model/run_status.hpp"

namespace fat {

enum class Paint { Plain, Good, Waiting, Bad, Faint, Strong };

/// `text` between the escape sequences of `paint`; as it is when `wanted` is false.
std::string painted(std::string_view text, Paint paint, bool wanted);

/// Good: it goes on, or is done. Waiting: somebody or something has to act. Bad: it ended before
/// its end.
Paint paint_of(RunStatus status);
Paint paint_of(Outcome outcome);
Paint paint_of(Verdict verdict);

/// "RUNNING": how a state is written where it has to catch the eye.
std::string capitals(std::string_view word);

}  // namespace fat

// A question of a task -> what a person answered, through the step's channels (DESIGN 7).
#pragma once

#include <string>

#include "fat/ports/instruments.hpp"
#include "fat/ports/reporter.hpp"

namespace fat {

/// Asks yes or no as a prompt of the step and waits, as long as it takes, on `answers` (the
/// descriptor FATMASTER_ANSWER_FD names; it is not closed; negative: nobody can answer). Withdrawn,
/// or with nobody there, is "no". `reporter` must outlive it.
AskOperator operator_question(Reporter& reporter, int answers);

}  // namespace fat

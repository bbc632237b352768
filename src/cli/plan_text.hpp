// A plan -> the list a shifter reads: "[i] title" in order, with what it is and how long it usually
// takes.
#pragma once

#include <string>

#include "fat/engine/lengths.hpp"
#include "fat/model/plan.hpp"

namespace fat {

std::string plan_text(const Plan& plan, const Past& past);

}  // namespace fat

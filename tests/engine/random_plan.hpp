// Random numbers -> a small plan with everything a plan can have.
#pragma once

#include "engine/choices.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// `spring`: deadlines lie where summer time begins, else where it ends.
Plan random_plan(Dice& dice, bool spring);

/// The plan as somebody might have edited it between two sessions.
Plan edited(Plan plan, Choices& choices);

}  // namespace fat

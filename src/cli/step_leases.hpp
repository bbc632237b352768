// A plan -> the links that its steps need and can never have.
#pragma once

#include <vector>

#include "fat/model/plan.hpp"
#include "fat/model/problem.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// A problem for each step that would be refused whoever else holds what: an interlock cannot do
/// without the instrument whose link the step wants.
std::vector<Problem> links_never_lent(const Plan& plan, const Station& station);

}  // namespace fat

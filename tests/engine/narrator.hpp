// An event -> a sentence, for somebody who has never seen the code.
#pragma once

#include <string>

#include "fat/model/event.hpp"

namespace fat {

std::string in_words(const Event& event);

/// What the plan of a story has, one line for each list.
std::string in_words(const Plan& plan);

}  // namespace fat

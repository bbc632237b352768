// A mistyped word and the words that were possible -> "did you mean ...?".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// "; did you mean 'voltage'?" when one candidate is near enough (edit distance at most a third of
/// its length, case ignored), else "". Ready to be appended to a message.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace fat

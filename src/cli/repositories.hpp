// Files -> the git work trees they lie in: commit, and whether something there differs from it.
#pragma once

#include <string>
#include <vector>

#include "fat/model/code_seen.hpp"

namespace fat {

/// Asks git once per work tree (at most 16), each within seconds. Runs nothing that the
/// repository's own configuration names (hooks, filters, file monitors), takes no lock and changes
/// nothing; says why when it cannot know. Call it while this process has one thread.
std::vector<CodeRepository> ask_repositories(const std::vector<std::string>& files);

}  // namespace fat

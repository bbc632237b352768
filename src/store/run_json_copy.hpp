// A run JSON's members, without some modules or in another order, for a step's own copy -> and what
// it wrote there, back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/json_members.hpp"

namespace fat::store {

/// Without the members called `serials`. Relative paths of the others become absolute where
/// `folders` have such a file, the first that does: the copy lies elsewhere.
std::vector<JsonMember> members_without(std::vector<JsonMember> members,
                                        const std::vector<std::string>& serials,
                                        const std::vector<std::filesystem::path>& folders);

/// Those called `serials` behind all others.
std::vector<JsonMember> members_last(std::vector<JsonMember> members,
                                     const std::vector<std::string>& serials);

/// `members` with what differs between the copy as it was `given` and as it is `now`: new and
/// changed values, inside of objects member by member. Nothing is ever removed. Twice is once.
std::vector<JsonMember> merge_copy(std::vector<JsonMember> members,
                                   const std::vector<JsonMember>& given,
                                   const std::vector<JsonMember>& now);

}  // namespace fat::store

// What two steps claim -> whether they can run side by side. A claim is "hv", held alone, or
// "network:shared", held beside others who share it; of an instrument of the station also
// "supply:link", held alone with its link.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// The claims of a step or attempt; empty means the whole bench.
using Claims = std::vector<std::string>;

/// The resource of one claim: "network" of "network:shared", "supply" of "supply:link".
std::string_view resource_of(std::string_view claim);

bool is_shared(std::string_view claim);

/// The step speaks to the instrument itself: nobody else may use its link meanwhile.
bool wants_link(std::string_view claim);

/// What both claim and at least one of them alone: a resource, or "the whole bench" when one of
/// them claims that. nullopt when they can run side by side.
std::optional<std::string> collision(const Claims& one, const Claims& other);

/// Claims the resource alone, by its name or with the whole bench.
bool claims_alone(const Claims& claims, std::string_view resource);

}  // namespace fat

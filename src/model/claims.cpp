#include "fat/model/claims.hpp"

#include <algorithm>

namespace fat {

namespace {

constexpr std::string_view kShared = ":shared";

}  // namespace

std::string_view resource_of(std::string_view claim) {
  return is_shared(claim) ? claim.substr(0, claim.size() - kShared.size()) : claim;
}

bool is_shared(std::string_view claim) {
  return claim.ends_with(kShared);
}

std::optional<std::string> collision(const Claims& one, const Claims& other) {
  if (one.empty() || other.empty()) {
    return "the whole bench";
  }
  for (const auto& mine : one) {
    const auto resource = resource_of(mine);
    for (const auto& theirs : other) {
      if (resource == resource_of(theirs) && !(is_shared(mine) && is_shared(theirs))) {
        return std::string{resource};
      }
    }
  }
  return std::nullopt;
}

bool claims_alone(const Claims& claims, std::string_view resource) {
  return claims.empty() || std::ranges::find(claims, resource) != claims.end();
}

}  // namespace fat

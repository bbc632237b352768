#include "fat/model/claims.hpp"

#include <algorithm>

namespace fat {

namespace {

constexpr std::string_view kShared = ":shared";
constexpr std::string_view kLink = ":link";

}  // namespace

std::string_view resource_of(std::string_view claim) {
  if (is_shared(claim)) {
    return claim.substr(0, claim.size() - kShared.size());
  }
  return wants_link(claim) ? claim.substr(0, claim.size() - kLink.size()) : claim;
}

bool is_shared(std::string_view claim) {
  return claim.ends_with(kShared);
}

bool wants_link(std::string_view claim) {
  return claim.ends_with(kLink);
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
  return claims.empty() || std::ranges::any_of(claims, [&](const std::string& claim) {
           return !is_shared(claim) && resource_of(claim) == resource;
         });
}

}  // namespace fat

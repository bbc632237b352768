#include "cli/code_at_start.hpp"

#include <iostream>
#include <set>

#include "cli/repositories.hpp"

namespace fat {

void CodeAtStart::learn(PackageFiles packages) {
  code_.learn(std::move(packages));
  found_ = code_.survey(plan_);
}

std::optional<CodeSeen> CodeAtStart::event(const KnownCode& known,
                                           const std::string& accept_drift) {
  auto seen = std::move(found_.news);
  if (!found_.trouble.empty()) {
    std::cerr << "warning: " << found_.trouble << '\n';
    return std::nullopt;
  }
  for (const auto& change : found_.changes) {
    std::cerr << "changed code: " << to_text(change) << '\n';
  }
  if (!found_.changes.empty()) {
    seen.accept_drift = accept_drift;
  }
  auto all = known;
  all.add(seen);
  std::set<std::string> files;
  for (const auto& [name, unit] : all.units) {
    files.insert(unit.files.begin(), unit.files.end());
  }
  seen.repositories = ask_repositories({files.begin(), files.end()});
  if (seen.units.empty() &&
      (seen.repositories.empty() || seen.repositories == known.repositories)) {
    return std::nullopt;
  }
  code_.accept(seen);
  return seen;
}

}  // namespace fat

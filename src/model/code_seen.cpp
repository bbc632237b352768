#include "fat/model/code_seen.hpp"

namespace fat {

void KnownCode::add(const CodeSeen& seen) {
  for (const auto& file : seen.files) {
    files[file.path] = file;
  }
  for (const auto& unit : seen.units) {
    units[unit.name] = unit;
  }
  if (!seen.repositories.empty()) {
    repositories = seen.repositories;
  }
}

}  // namespace fat

// Words -> what exec and posix_spawn take.
#pragma once

#include <string>
#include <vector>

namespace fat {

/// Pointers into `words`, which outlive them, ended by a null pointer. Nothing changes the words.
inline std::vector<char*> exec_words(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const auto& word : words) {
    pointers.push_back(const_cast<char*>(word.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace fat

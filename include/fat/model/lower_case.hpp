// A word somebody wrote -> the same word to compare with.
#pragma once

#include <string>
#include <string_view>

namespace fat {

/// ASCII letters in lower case, the rest as it is: no locale has a say in what a name means.
inline std::string lower_case(std::string_view text) {
  std::string result{text};
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') {
      letter = static_cast<char>(letter - 'A' + 'a');
    }
  }
  return result;
}

}  // namespace fat

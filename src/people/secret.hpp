// Where a secret stands -> the secret, or what is wrong with it; and a text without it.
#pragma once

#include <string>

#include "fat/model/people_entry.hpp"

namespace fat {

struct Secret {
  std::string value;    ///< empty when there is a problem
  std::string problem;  ///< "cannot read /etc/fat/slack_url: Permission denied"
};

/// Reads it anew each time: whoever replaces it needs no restart.
Secret read_secret(const SecretPlace& place);

/// `text` with every occurrence of `secret` replaced.
std::string without_secret(std::string text, const std::string& secret);

}  // namespace fat

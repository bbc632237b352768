// Text of a stranger -> JSON, with limits on size and depth. Private: only .cpp files include it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace fat {

struct JsonLimits {
  std::size_t max_bytes = 0;
  int max_depth = 32;
};

/// nullopt when the text is too long, too deep or not JSON. Never throws for what the text holds.
std::optional<nlohmann::json> parse_bounded(std::string_view text, const JsonLimits& limits);

/// Compact text; bytes that are not valid UTF-8 become U+FFFD.
std::string dump_text(const nlohmann::ordered_json& json);

}  // namespace fat

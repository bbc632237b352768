// Text of a stranger -> JSON, with limits on size and depth.
#include "model/bounded_json.hpp"

#include <algorithm>
#include <utility>

namespace fat {

namespace {

/// Brackets within strings do not count. Text that is not JSON gives some number; the parser
/// refuses it later.
int depth_of(std::string_view text) {
  int depth = 0, deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '"') {
      in_string = !in_string;
    } else if (in_string) {
      i += letter == '\\' ? 1 : 0;
    } else if (letter == '[' || letter == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (letter == ']' || letter == '}') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

std::optional<nlohmann::json> parse_bounded(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes || depth_of(text) > limits.max_depth) {
    return std::nullopt;
  }
  auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    return std::nullopt;
  }
  return json;
}

std::string dump_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace fat

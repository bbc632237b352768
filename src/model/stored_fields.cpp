// JSON values -> plain values, or a complaint.
#include "model/stored_fields.hpp"

#include <algorithm>

namespace fat {

namespace {

/// A parser keeps what its longest text needed.
constexpr std::size_t kKeptParser = 1'048'576;

std::optional<StoredValue> parse(simdjson::dom::parser& parser,
                                 simdjson::dom::document& document,
                                 std::string_view text,
                                 std::size_t depth) {
  StoredValue root;
  if (parser.max_depth() != depth &&
      parser.allocate(std::max(parser.capacity(), text.size()), depth) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (parser.parse_into_document(document, text.data(), text.size()).get(root) !=
      simdjson::SUCCESS) {
    return std::nullopt;
  }
  return root;
}

}  // namespace

StoredText::StoredText(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return;
  }
  const auto depth = static_cast<std::size_t>(limits.max_depth) + 1;  // simdjson: one less is read
  if (text.size() > kKeptParser) {
    simdjson::dom::parser parser;
    root_ = parse(parser, document_, text, depth);
    return;
  }
  thread_local simdjson::dom::parser parser;  // 200,000 events are read in one go
  root_ = parse(parser, document_, text, depth);
}

Complaint decode_number(const StoredValue& json, double& value) {
  if (json.get(value) == simdjson::SUCCESS) {
    return {};
  }
  std::string_view word;
  const bool is_word = json.get(word) == simdjson::SUCCESS;
  if (is_word && word == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
    return {};
  }
  if (is_word && (word == "inf" || word == "-inf")) {
    value = word == "inf" ? std::numeric_limits<double>::infinity()
                          : -std::numeric_limits<double>::infinity();
    return {};
  }
  return "must be a number";
}

Complaint decode_bool(const StoredValue& json, bool& value) {
  return json.get(value) == simdjson::SUCCESS ? "" : "must be true or false";
}

Complaint decode_text(const StoredValue& json, std::string& value) {
  std::string_view text;
  if (json.get(text) != simdjson::SUCCESS) {
    return "must be a text";
  }
  value = text;
  return {};
}

}  // namespace fat

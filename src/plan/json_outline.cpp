// Text of a JSON file -> its top-level entries: an event reader over nlohmann's parser.
#include "plan/json_outline.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <ranges>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

constexpr int kMaxJsonDepth = 64;

/// Keeps the scalars of depth 1, and of depth 2 below keys with the prefix. The types in the
/// signatures are nlohmann's.
class OutlineReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  OutlineReader(std::string_view text, std::string_view prefix) : text_(text), prefix_(prefix) {}

  bool null() override { return keep(JsonEntry::Kind::Null); }

  bool boolean(bool) override { return keep(JsonEntry::Kind::Other); }

  bool number_integer(number_integer_t value) override {
    return keep(JsonEntry::Kind::Integer, "", value);
  }

  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto most = static_cast<number_unsigned_t>(std::numeric_limits<long long>::max());
    return value > most ? keep(JsonEntry::Kind::Other)
                        : number_integer(static_cast<long long>(value));
  }

  bool number_float(number_float_t, const string_t&) override {
    return keep(JsonEntry::Kind::Other);
  }

  bool string(string_t& value) override { return keep(JsonEntry::Kind::Text, value); }

  bool binary(binary_t&) override { return keep(JsonEntry::Kind::Other); }

  bool start_object(std::size_t) override { return open(JsonEntry::Kind::Object); }

  bool start_array(std::size_t) override { return open(JsonEntry::Kind::Other); }

  bool end_object() override { return close(); }

  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    if (depth_ <= 2) {
      key_ = value;
    }
    return true;
  }

  bool parse_error(std::size_t position,
                   const std::string&,
                   const nlohmann::json::exception& error) override {
    const auto before = text_.substr(0, std::min(position > 0 ? position - 1 : 0, text_.size()));
    const auto line_start = before.rfind('\n') + 1;  // 0 when there is no line end
    result_.line = 1 + static_cast<int>(std::ranges::count(before, '\n'));
    std::string why = error.what();
    if (const auto colon = why.find(": "); colon != std::string::npos) {
      why = why.substr(colon + 2);
    }
    constexpr std::size_t most_of_why = 160;
    result_.problem = fmt::format("is not JSON (column {}): {}",
                                  before.size() - line_start + 1,
                                  plain_text(why, most_of_why));
    return false;
  }

  JsonOutline take() {
    if (result_.problem.empty() && !is_object_) {
      result_.problem = "is JSON, but not an object { ... }";
    }
    return std::move(result_);
  }

 private:
  /// Where a value that begins now belongs; nullptr when nobody wants it.
  std::vector<JsonEntry>* target() {
    if (depth_ == 1 && is_object_) {
      return &result_.entries;
    }
    return depth_ == 2 && wanted_ ? &result_.entries.back().entries : nullptr;
  }

  bool keep(JsonEntry::Kind kind, std::string_view value = "", long long integer = 0) {
    if (auto* entries = target()) {
      entries->push_back({key_, kind, std::string{value}, integer, {}});
    }
    return true;
  }

  bool open(JsonEntry::Kind kind) {
    const bool object = kind == JsonEntry::Kind::Object;
    if (depth_ == 0) {
      is_object_ = object;
    } else if (depth_ == 1) {
      keep(kind);
      wanted_ = is_object_ && object && std::string_view{key_}.starts_with(prefix_);
    } else {
      keep(kind);  // of depth 2, or nothing
    }
    if (++depth_ > kMaxJsonDepth) {
      result_.problem = fmt::format("is nested more than {} deep", kMaxJsonDepth);
      return false;
    }
    return true;
  }

  bool close() {
    --depth_;
    return true;
  }

  std::string_view text_;
  std::string_view prefix_;
  JsonOutline result_;
  int depth_ = 0;
  bool is_object_ = false;
  bool wanted_ = false;
  std::string key_;
};

/// Python writes NaN and Infinity, which JSON does not know: a copy with numbers of the same length
/// in their place.
std::string with_plain_numbers(std::string_view text) {
  std::string copy{text};
  bool in_string = false;
  for (std::size_t i = 0; i < copy.size(); ++i) {
    if (copy[i] == '"') {
      in_string = !in_string;
    } else if (in_string && copy[i] == '\\') {
      ++i;
    } else if (!in_string && (copy[i] == 'N' || copy[i] == 'I')) {
      for (const std::string_view word : {"NaN", "Infinity"}) {
        if (text.substr(i, word.size()) == word) {
          copy.replace(i, word.size(), "0" + std::string(word.size() - 1, ' '));
        }
      }
    }
  }
  return copy;
}

bool may_hold_python_numbers(std::string_view text) {
  return text.find("NaN") != std::string_view::npos ||
         text.find("Infinity") != std::string_view::npos;
}

}  // namespace

JsonOutline read_json_outline(std::string_view text, std::string_view open_prefix) {
  std::string copy;
  if (may_hold_python_numbers(text)) {
    copy = with_plain_numbers(text);
    text = copy;
  }
  OutlineReader reader{text, open_prefix};
  nlohmann::json::sax_parse(text, &reader);
  return reader.take();
}

const JsonEntry* find_entry(const std::vector<JsonEntry>& entries, std::string_view key) {
  const auto newest_first = std::views::reverse(entries);
  const auto found = std::ranges::find(newest_first, key, &JsonEntry::key);
  return found == newest_first.end() ? nullptr : &*found;
}

}  // namespace fat

// One pass over the text with a bounded stack; what is between the members' bounds is copied, not
// understood.
#include "store/json_members.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "store/json_text.hpp"

namespace fat::store {

namespace {

constexpr std::size_t kDeepest = 500;
constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t position() const { return position_; }

  bool at_end() const { return position_ == text_.size(); }

  void skip_blank() {
    while (!at_end() && kBlank.find(text_[position_]) != std::string_view::npos) {
      ++position_;
    }
  }

  bool take(char wanted) {
    if (at_end() || text_[position_] != wanted) {
      return false;
    }
    ++position_;
    return true;
  }

  char peek() const { return at_end() ? '\0' : text_[position_]; }

  bool skip_string();
  bool skip_value();

 private:
  bool skip_escape();
  bool skip_scalar();
  bool skip_number();
  bool skip_digits();
  bool skip_word();
  bool open_container();
  void close_containers();
  bool next_in_container();
  bool skip_name();

  std::string_view text_;
  std::size_t position_ = 0;
  std::string open_;    ///< '{' and '[' not yet closed
  bool empty_ = false;  ///< the container opened last has nothing inside
};

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_hex(char letter) {
  return is_digit(letter) || (letter >= 'a' && letter <= 'f') || (letter >= 'A' && letter <= 'F');
}

bool Scanner::skip_escape() {
  if (at_end()) {
    return false;
  }
  const char letter = text_[position_++];
  if (letter != 'u') {
    return std::string_view("\"\\/bfnrt").find(letter) != std::string_view::npos;
  }
  for (int digit = 0; digit < 4; ++digit) {
    if (!is_hex(peek())) {
      return false;
    }
    ++position_;
  }
  return true;
}

bool Scanner::skip_string() {
  if (!take('"')) {
    return false;
  }
  while (!at_end()) {
    const char letter = text_[position_++];
    if (letter == '"') {
      return true;
    }
    if (static_cast<unsigned char>(letter) < 0x20 || (letter == '\\' && !skip_escape())) {
      return false;
    }
  }
  return false;
}

bool Scanner::skip_digits() {
  if (!is_digit(peek())) {
    return false;
  }
  while (is_digit(peek())) {
    ++position_;
  }
  return true;
}

bool Scanner::skip_number() {
  if (!take('0') && !skip_digits()) {
    return false;
  }
  if (take('.') && !skip_digits()) {
    return false;
  }
  if (take('e') || take('E')) {
    if (!take('+')) {
      take('-');
    }
    return skip_digits();
  }
  return true;
}

bool Scanner::skip_word() {
  static constexpr std::array<std::string_view, 5> words{
      "true", "false", "null", "NaN", "Infinity"};
  const auto* const found = std::ranges::find_if(
      words, [&](std::string_view word) { return text_.substr(position_).starts_with(word); });
  if (found == words.end()) {
    return false;
  }
  position_ += found->size();
  return true;
}

bool Scanner::skip_scalar() {
  if (peek() == '"') {
    return skip_string();
  }
  if (take('-')) {
    return text_.substr(position_).starts_with("Infinity") ? skip_word() : skip_number();
  }
  return is_digit(peek()) ? skip_number() : skip_word();
}

bool Scanner::skip_name() {
  skip_blank();
  if (!skip_string()) {
    return false;
  }
  skip_blank();
  const bool found = take(':');
  skip_blank();
  return found;
}

/// At '{' or '[': stands at the first value inside, or behind an empty one.
bool Scanner::open_container() {
  if (open_.size() == kDeepest) {
    return false;
  }
  open_ += text_[position_++];
  skip_blank();
  const char closing = open_.back() == '{' ? '}' : ']';
  empty_ = peek() == closing;
  return empty_ || open_.back() == '[' || skip_name();
}

/// Behind a value: closes what ends here.
void Scanner::close_containers() {
  while (!open_.empty()) {
    skip_blank();
    if (!take(open_.back() == '{' ? '}' : ']')) {
      return;
    }
    open_.pop_back();
  }
}

bool Scanner::next_in_container() {
  if (!take(',')) {
    return false;
  }
  skip_blank();
  return open_.back() == '[' || skip_name();
}

bool Scanner::skip_value() {
  for (;;) {
    const bool container = peek() == '{' || peek() == '[';
    if (!(container ? open_container() : skip_scalar())) {
      return false;
    }
    if (container && !empty_) {
      continue;
    }
    close_containers();
    if (open_.empty()) {
      return true;
    }
    if (!next_in_container()) {
      return false;
    }
  }
}

bool split_member(Scanner& scanner, std::string_view text, JsonMember& member) {
  scanner.skip_blank();
  const auto name_start = scanner.position();
  if (!scanner.skip_string()) {
    return false;
  }
  member.raw_name = text.substr(name_start, scanner.position() - name_start);
  member.name = decode_json_string(member.raw_name);
  scanner.skip_blank();
  if (!scanner.take(':')) {
    return false;
  }
  scanner.skip_blank();
  const auto value_start = scanner.position();
  if (!scanner.skip_value()) {
    return false;
  }
  member.value = text.substr(value_start, scanner.position() - value_start);
  return true;
}

}  // namespace

std::optional<std::vector<JsonMember>> split_json_object(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  Scanner scanner(text);
  scanner.skip_blank();
  if (!scanner.take('{')) {
    return std::nullopt;
  }
  std::vector<JsonMember> members;
  scanner.skip_blank();
  bool more = scanner.peek() != '}';
  while (more) {
    if (!split_member(scanner, text, members.emplace_back())) {
      return std::nullopt;
    }
    scanner.skip_blank();
    more = scanner.take(',');
  }
  if (!scanner.take('}')) {
    return std::nullopt;
  }
  scanner.skip_blank();
  return scanner.at_end() ? std::optional(std::move(members)) : std::nullopt;
}

std::string join_json_object(const std::vector<JsonMember>& members, int depth) {
  if (members.empty()) {
    return "{}";
  }
  const std::string outer(static_cast<std::size_t>(depth) * 4, ' ');
  std::string text = "{";
  for (const auto& member : members) {
    text += text.size() == 1 ? "\n" : ",\n";
    text += fmt::format("{}    {}: {}", outer, member.raw_name, member.value);
  }
  return text + "\n" + outer + "}";
}

std::optional<std::string> from_json_string(std::string_view value) {
  Scanner scanner(value);
  if (!scanner.skip_string() || !scanner.at_end()) {
    return std::nullopt;
  }
  return decode_json_string(value);
}

JsonMember make_member(std::string_view name, std::string value) {
  return {.name = std::string(name), .raw_name = to_json_string(name), .value = std::move(value)};
}

}  // namespace fat::store

// Bytes -> line. Knows the control characters of a terminal in single-key mode.
#include "people/line_editor.hpp"

#include "people/utf8.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr unsigned char kBackspace = 0x08;
constexpr unsigned char kRedraw = 0x0C;
constexpr unsigned char kClearLine = 0x15;
constexpr unsigned char kEscape = 0x1B;
constexpr unsigned char kDelete = 0x7F;

void remove_last_character(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
    text.pop_back();
  }
  if (!text.empty()) {
    text.pop_back();
  }
}

}  // namespace

void LineEditor::clear() {
  text_.clear();
  character_.clear();
}

Key LineEditor::feed(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (swallow(code)) {
    return Key::None;
  }
  if (code < 0x20 || code == kDelete) {
    character_.clear();
    return control(code);
  }
  if (code == '?' && text_.empty()) {
    return Key::Help;
  }
  return add(byte);
}

LineEditor::Sequence LineEditor::after_escape(unsigned char byte) {
  if (byte == '[') {
    return Sequence::Bracket;
  }
  return byte == 'O' ? Sequence::Single : Sequence::None;
}

bool LineEditor::swallow(unsigned char byte) {
  switch (sequence_) {
    case Sequence::None:
      if (byte != kEscape) {
        return false;
      }
      sequence_ = Sequence::Escape;
      return true;
    case Sequence::Escape:
      sequence_ = after_escape(byte);
      return sequence_ != Sequence::None;  // Escape alone, or Alt with a key: the key counts
    case Sequence::Bracket:
      if (byte >= 0x40 && byte <= 0x7E) {
        sequence_ = Sequence::None;
      }
      return true;
    case Sequence::Single:
      sequence_ = Sequence::None;
      return true;
  }
  return false;
}

Key LineEditor::control(unsigned char byte) {
  switch (byte) {
    case '\r':
    case '\n':
      return Key::Enter;
    case kBackspace:
    case kDelete:
      remove_last_character(text_);
      return Key::Edited;
    case kClearLine:
      text_.clear();
      return Key::Edited;
    case kRedraw:
      return Key::Redraw;
    default:
      return Key::None;
  }
}

Key LineEditor::add(char byte) {
  character_ += byte;
  const std::size_t expected = utf8_length(static_cast<unsigned char>(character_.front()));
  const CodePoint point = decode_utf8(character_);
  if (point.value == kReplacement) {
    if (character_.size() >= expected) {
      character_.clear();
    }
    return Key::None;
  }
  if (text_.size() + character_.size() <= kLongestLine) {
    text_ += character_ == " " ? character_ : printable(character_);
  }
  character_.clear();
  return Key::Edited;
}

}  // namespace fat

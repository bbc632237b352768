#include "cli/terminal_filter.hpp"

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\a';
/// Behind an escape: what follows is text for the terminal itself (a title, an image).
constexpr std::string_view kStringOpeners = "]PX^_";

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Bytes of the character that begins with this one.
std::size_t length_of(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0xC0) {
    return 1;
  }
  if (byte < 0xE0) {
    return 2;
  }
  return byte < 0xF0 ? 3 : 4;
}

}  // namespace

std::string TerminalFilter::pass(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char byte : bytes) {
    if (!skip(byte)) {
      take(byte, out);
    }
  }
  return out;
}

std::string TerminalFilter::finish() {
  std::string out;
  flush_character(out);
  return out;
}

// True when the byte belongs to an escape sequence. A line end ends every one of them, lest it
// swallow all that follows.
bool TerminalFilter::skip(char byte) {
  if (byte == '\n') {
    in_ = In::Text;
  }
  const auto value = static_cast<unsigned char>(byte);
  switch (in_) {
    case In::Text:
      return false;
    case In::Escape:
      in_ = after_escape(byte);
      return true;
    case In::Sequence:
      in_ = value >= 0x40 || value < 0x20 ? In::Text : In::Sequence;
      return true;
    case In::String:
      if (byte == kEscape || byte == kBell) {
        in_ = byte == kEscape ? In::StringEscape : In::Text;
      }
      return true;
    case In::StringEscape:
      in_ = byte == '\\' ? In::Text : In::String;
      return true;
  }
  return false;
}

TerminalFilter::In TerminalFilter::after_escape(char byte) {
  if (byte == '[') {
    return In::Sequence;
  }
  if (kStringOpeners.find(byte) != std::string_view::npos) {
    return In::String;
  }
  return byte >= 0x20 && byte <= 0x2F ? In::Escape : In::Text;  // an intermediate byte: one more
}

void TerminalFilter::take(char byte, std::string& out) {
  const auto value = static_cast<unsigned char>(byte);
  if (value < 0x80 || !is_continuation(byte)) {
    flush_character(out);
  }
  if (carriage_return_ && byte != '\n' && byte != '\r') {
    out += '\n';
  }
  carriage_return_ = false;
  if (value < 0x20 || value == 0x7F) {
    control(byte, out);
    return;
  }
  character_ += byte;
  if (character_.size() >= length_of(character_.front())) {
    flush_character(out);
  }
}

void TerminalFilter::control(char byte, std::string& out) {
  if (byte == '\n' || byte == '\t') {
    out += byte;
  } else if (byte == '\r') {
    carriage_return_ = true;
  } else if (byte == kEscape) {
    in_ = In::Escape;
  }
}

void TerminalFilter::flush_character(std::string& out) {
  if (!character_.empty()) {
    out += plain_text(character_, 16);
    character_.clear();
  }
}

}  // namespace fat

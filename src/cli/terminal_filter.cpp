#include "cli/terminal_filter.hpp"

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\a';

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

// True when the byte belongs to an escape sequence.
bool TerminalFilter::skip(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  switch (in_) {
    case In::Text:
      return false;
    case In::Escape:
      if (byte == '[') {
        in_ = In::Sequence;
      } else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') {
        in_ = In::String;
      } else if (value < 0x20 || value > 0x2F) {  // else an intermediate byte: one more follows
        in_ = In::Text;
        return byte != '\n';
      }
      return true;
    case In::Sequence:
      if (value >= 0x40 || value < 0x20) {
        in_ = In::Text;
        return byte != '\n';
      }
      return true;
    case In::String:  // ends at its terminator; at a line end too, lest it swallow all that follows
      if (byte == kEscape) {
        in_ = In::StringEscape;
      } else if (byte == kBell || byte == '\n') {
        in_ = In::Text;
        return byte != '\n';
      }
      return true;
    case In::StringEscape:
      in_ = byte == '\\' ? In::Text : In::String;
      return true;
  }
  return false;
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

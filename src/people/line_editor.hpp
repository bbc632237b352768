// Bytes typed on a terminal -> one line of text, and the keys that mean something else.
#pragma once

#include <string>

namespace fat {

/// What a byte completed.
enum class Key {
  None,    ///< part of something longer, or a key without a meaning
  Edited,  ///< the line has changed
  Enter,   ///< the line is complete: `text()`
  Redraw,  ///< Ctrl-L
  Help     ///< '?' on an empty line
};

/// Printable UTF-8 is added, Backspace takes the last character away, Ctrl-U all of them. Escape
/// sequences (arrow keys) and bytes that are not UTF-8 are swallowed. A line has at most 4096
/// bytes.
class LineEditor {
 public:
  Key feed(char byte);

  const std::string& text() const { return text_; }

  void clear();

 private:
  enum class Sequence { None, Escape, Bracket, Single };

  static Sequence after_escape(unsigned char byte);
  bool swallow(unsigned char byte);
  Key control(unsigned char byte);
  Key add(char byte);

  std::string text_;
  std::string character_;  ///< the beginning of a character of several bytes
  Sequence sequence_ = Sequence::None;
};

}  // namespace fat

// What a step printed, in pieces -> text that cannot do anything to a terminal.
#pragma once

#include <string>
#include <string_view>

namespace fat {

/// Keeps line ends and tabs. Escape sequences are left out, a lone carriage return (a progress bar)
/// begins a new line, other control characters and direction marks are left out, bytes that are no
/// UTF-8 become U+FFFD. A sequence or character may be torn between two pieces.
class TerminalFilter {
 public:
  std::string pass(std::string_view bytes);
  /// What is left of a torn character.
  std::string finish();

 private:
  enum class In { Text, Escape, Sequence, String, StringEscape };

  void take(char byte, std::string& out);
  bool skip(char byte);
  static In after_escape(char byte);
  void control(char byte, std::string& out);
  void flush_character(std::string& out);

  In in_ = In::Text;
  std::string character_;  ///< bytes of one not yet complete
  bool carriage_return_ = false;
};

}  // namespace fat

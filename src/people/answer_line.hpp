// Keys and open prompts -> an answer, typed in one line or, with its reason, in two.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/prompt.hpp"
#include "fat/people/live_view.hpp"
#include "people/line_editor.hpp"
#include "people/view_block.hpp"

namespace fat {

/// Follows the oldest open prompt. What was typed for one prompt never becomes the answer to
/// another.
class AnswerLine {
 public:
  /// To be called with the prompts that are open now. Returns true when it is another one than
  /// before.
  bool follow(const std::vector<Prompt>& prompts);

  Key feed(char byte);

  /// After Key::Enter: the answer when it is complete; else hint() says what is missing.
  std::optional<TypedAnswer> enter();

  TypedLine typed() const;

  const std::string& hint() const { return hint_; }

  void show_hint(std::string hint) { hint_ = std::move(hint); }

 private:
  void start_again();

  std::optional<Prompt> prompt_;
  LineEditor editor_;
  std::string value_;       ///< given, its reason is being typed
  bool reasoning_ = false;  ///< the line is the reason
  std::string hint_;
};

}  // namespace fat

// A line of Forth -> output lines. Knows integers, strings, the stack and printing; a board adds
// its own words.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fat {

/// Stops the line that is being interpreted; the text is printed.
class ForthError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Forth {
 public:
  using Word = std::function<void(Forth&)>;

  /// With the words `.s . drop sdrop dup swap + - true false s"`.
  Forth();

  /// A later definition replaces an earlier one.
  void define(std::string name, Word word) { words_[std::move(name)] = std::move(word); }

  /// Interprets one line without its line end and returns what it printed: lines that end in \r\n,
  /// or nothing. An unknown word, an empty stack or a ForthError end the line with a line of error
  /// text.
  std::string interpret(std::string_view line);

  void push(std::int64_t value);
  void push_text(std::string text);
  /// Throws ForthError when the stack is empty or holds something else.
  std::int64_t pop();
  std::string pop_text();
  void print_line(std::string_view text);

  /// As they are, without a line end.
  void print_bytes(std::string_view bytes) { output_ += bytes; }

  /// Text of the error for a word nobody defined; {} stands for the word.
  std::string unknown_word = "Error: unknown word: '{}'";

 private:
  using Value = std::variant<std::int64_t, std::string>;

  Value pop_value();
  void print_stack();
  void run_word(std::string_view word);
  void define_arithmetic();

  std::map<std::string, Word, std::less<>> words_;
  std::vector<Value> stack_;
  std::string output_;
};

}  // namespace fat

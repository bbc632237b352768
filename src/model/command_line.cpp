// Text of a `command` -> the words it is started with.
#include "fat/model/command_line.hpp"

#include <utility>

namespace fat {

namespace {

bool is_one_of(char letter, std::string_view letters) {
  return letters.find(letter) != std::string_view::npos;
}

bool is_white(char letter) {
  return is_one_of(letter, " \t\n\r\v\f");
}

/// Splits one text; every take_... starts at `at_` and leaves it behind what was taken.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  CommandWords split() {
    while (at_ < text_.size() && problem_.empty()) {
      take_one();
    }
    end_word();
    if (problem_.empty() && (words_.empty() || words_.front().empty())) {
      problem_ = "the command is empty";
    }
    return {problem_.empty() ? std::move(words_) : std::vector<std::string>{}, problem_};
  }

 private:
  void take_one() {
    const char letter = text_[at_];
    if (is_white(letter)) {
      end_word();
      ++at_;
      return;
    }
    const bool joins_lines = text_.substr(at_, 2) == "\\\n";
    in_word_ = in_word_ || !joins_lines;
    switch (letter) {
      case '\'':
        take_single_quoted();
        break;
      case '"':
        take_double_quoted();
        break;
      case '\\':
        take_escaped();
        break;
      default:
        word_ += letter;
        ++at_;
    }
  }

  void take_single_quoted() {
    const auto end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) {
      problem_ = "a ' quote is not closed";
      return;
    }
    word_ += text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
  }

  void take_double_quoted() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return;
      }
      const bool escapes =
          text_[at_] == '\\' && at_ + 1 < text_.size() && is_one_of(text_[at_ + 1], "$`\"\\\n");
      if (escapes) {
        ++at_;
        if (text_[at_] == '\n') {
          continue;
        }
      }
      word_ += text_[at_];
    }
    problem_ = "a \" quote is not closed";
  }

  void take_escaped() {
    if (at_ + 1 == text_.size()) {
      problem_ = "nothing follows the last backslash";
      return;
    }
    if (text_[at_ + 1] != '\n') {
      word_ += text_[at_ + 1];
    }
    at_ += 2;
  }

  void end_word() {
    if (in_word_) {
      words_.push_back(std::exchange(word_, {}));
      in_word_ = false;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
  bool in_word_ = false;  // an empty word_ may be one too: ''
  std::vector<std::string> words_;
  std::string problem_;
};

bool is_plain(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  return !word.empty() && word.find_first_not_of(plain) == std::string::npos;
}

}  // namespace

CommandWords split_command(std::string_view text) {
  return Splitter{text}.split();
}

std::string join_command(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    line += line.empty() ? "" : " ";
    if (is_plain(word)) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char letter : word) {
      line += letter == '\'' ? std::string{"'\\''"} : std::string(1, letter);
    }
    line += '\'';
  }
  return line;
}

}  // namespace fat

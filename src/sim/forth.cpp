// A line of Forth -> output lines.
#include "sim/forth.hpp"

#include <charconv>
#include <optional>

namespace fat {
namespace {

constexpr std::size_t kMaxLine = 1024;
constexpr std::size_t kMaxStack = 256;
constexpr std::string_view kBlank = " \t";

std::optional<std::int64_t> parse_word(std::string_view word) {
  const bool hex = word.starts_with("0x");
  const std::string_view digits = hex ? word.substr(2) : word;
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

Forth::Forth() {
  define("drop", [](Forth& forth) { forth.pop_value(); });
  define("sdrop", [](Forth& forth) { forth.stack_.clear(); });
  define("true", [](Forth& forth) { forth.push(1); });
  define("false", [](Forth& forth) { forth.push(0); });
  define(".s", [](Forth& forth) { forth.print_stack(); });
  define(".", [](Forth& forth) { forth.print_line(std::to_string(forth.pop())); });
  define_arithmetic();
}

void Forth::define_arithmetic() {
  define("+", [](Forth& forth) {
    const auto right = static_cast<std::uint64_t>(forth.pop());
    forth.push(static_cast<std::int64_t>(static_cast<std::uint64_t>(forth.pop()) + right));
  });
  define("-", [](Forth& forth) {
    const auto right = static_cast<std::uint64_t>(forth.pop());
    forth.push(static_cast<std::int64_t>(static_cast<std::uint64_t>(forth.pop()) - right));
  });
  define("dup", [](Forth& forth) {
    const auto value = forth.pop();
    forth.push(value);
    forth.push(value);
  });
  define("swap", [](Forth& forth) {
    const auto upper = forth.pop();
    const auto lower = forth.pop();
    forth.push(upper);
    forth.push(lower);
  });
}

std::string Forth::interpret(std::string_view line) {
  output_.clear();
  try {
    if (line.size() > kMaxLine) {
      throw ForthError{"Error: line too long"};
    }
    while (true) {
      const auto begin = line.find_first_not_of(kBlank);
      if (begin == std::string_view::npos) {
        break;
      }
      line.remove_prefix(begin);
      const auto word = line.substr(0, line.find_first_of(kBlank));
      line.remove_prefix(word.size());
      if (word == "s\"") {
        const auto quote = line.find('"');
        if (line.empty() || quote == std::string_view::npos) {
          throw ForthError{"Error: unterminated string"};
        }
        push_text(std::string{line.substr(1, quote - 1)});
        line.remove_prefix(quote + 1);
        continue;
      }
      run_word(word);
    }
  } catch (const ForthError& error) {
    print_line(error.what());
  }
  return std::move(output_);
}

void Forth::run_word(std::string_view word) {
  if (const auto found = words_.find(word); found != words_.end()) {
    found->second(*this);
    return;
  }
  const auto number = parse_word(word);
  if (!number) {
    std::string text = unknown_word;
    if (const auto place = text.find("{}"); place != std::string::npos) {
      text.replace(place, 2, word);
    }
    throw ForthError{text};
  }
  push(*number);
}

void Forth::push(std::int64_t value) {
  if (stack_.size() >= kMaxStack) {
    throw ForthError{"Error: stack overflow"};
  }
  stack_.emplace_back(value);
}

void Forth::push_text(std::string text) {
  if (stack_.size() >= kMaxStack) {
    throw ForthError{"Error: stack overflow"};
  }
  stack_.emplace_back(std::move(text));
}

Forth::Value Forth::pop_value() {
  if (stack_.empty()) {
    throw ForthError{"Error: stack underflow"};
  }
  auto value = std::move(stack_.back());
  stack_.pop_back();
  return value;
}

std::int64_t Forth::pop() {
  const auto value = pop_value();
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return *number;
  }
  throw ForthError{"Error: not a number"};
}

std::string Forth::pop_text() {
  auto value = pop_value();
  if (auto* text = std::get_if<std::string>(&value)) {
    return std::move(*text);
  }
  throw ForthError{"Error: not a string"};
}

void Forth::print_line(std::string_view text) {
  output_ += text;
  output_ += "\r\n";
}

void Forth::print_stack() {
  std::string text = "<" + std::to_string(stack_.size()) + "> ";
  for (const auto& value : stack_) {
    const auto* number = std::get_if<std::int64_t>(&value);
    text += (number != nullptr ? std::to_string(*number) : "\"" + std::get<1>(value) + "\"") + " ";
  }
  print_line(text);
}

}  // namespace fat

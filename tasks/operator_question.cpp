#include "operator_question.hpp"

#include <array>
#include <cerrno>
#include <optional>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestAnswer = 65'536;

/// One line, without its end; nullopt when the channel is closed or the line is endless.
std::optional<std::string> read_line(int descriptor) {
  std::string line;
  for (std::array<char, 1> byte{}; line.size() < kLongestAnswer;) {
    const auto got = ::read(descriptor, byte.data(), byte.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return std::nullopt;
    }
    if (byte[0] == '\n') {
      return line;
    }
    line += byte[0];
  }
  return std::nullopt;
}

bool says_yes(const std::string& line) {
  const auto answer = nlohmann::json::parse(line, nullptr, false);
  const auto value = answer.is_object() ? answer.find("value") : answer.end();
  return answer.is_object() && value != answer.end() && value->is_string() &&
         parse_bool(value->get<std::string>()).value_or(false);
}

}  // namespace

AskOperator operator_question(Reporter& reporter, int answers) {
  return [&reporter, answers](const std::string& text) {
    if (answers < 0) {
      return false;
    }
    Prompt prompt;
    prompt.kind = PromptKind::Ok;
    prompt.text = text;
    reporter.report(PromptReport{prompt});
    const auto line = read_line(answers);
    return line && says_yes(*line);
  };
}

}  // namespace fat

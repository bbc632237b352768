// Bytes that come after a line was sent -> the reply between its echo and the prompt.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fat {

/// Strict: what does not begin with the echo, or goes on after the prompt, is not the reply to this
/// line.
class EchoFramer {
 public:
  enum class State { NeedsMore, Complete, NotTheEcho, PastThePrompt, TooLong };
  static constexpr std::size_t kMaxReply = 64U << 10U;

  /// `line` as sent, without its line end.
  explicit EchoFramer(std::string_view line) : echo_(std::string{line} + "\r\n") {}

  State feed(std::string_view bytes);

  /// True once there is more than the echo.
  bool has_answer() const { return received_.size() > echo_.size(); }

  /// Everything fed so far.
  const std::string& received() const { return received_; }

  /// Of a complete reply: without echo, prompt, and the line end before the prompt.
  std::string body() const;

 private:
  std::string echo_;
  std::string received_;
};

}  // namespace fat

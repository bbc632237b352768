// Bytes that come after a line was sent -> the reply between its echo and the prompt.
#include "devices/echo_framer.hpp"

#include <algorithm>

namespace fat {
namespace {

constexpr std::string_view kEnd = "\r\n> ";

}  // namespace

EchoFramer::State EchoFramer::feed(std::string_view bytes) {
  received_ += bytes;
  const auto compared = std::min(received_.size(), echo_.size());
  if (std::string_view{received_}.substr(0, compared) !=
      std::string_view{echo_}.substr(0, compared)) {
    return State::NotTheEcho;
  }
  if (received_.size() < echo_.size()) {
    return State::NeedsMore;
  }
  // The echo's own line end serves as the prompt's when nothing is printed.
  const auto prompt = received_.find(kEnd, echo_.size() - 2);
  if (prompt != std::string::npos) {
    return prompt + kEnd.size() == received_.size() ? State::Complete : State::PastThePrompt;
  }
  return received_.size() > kMaxReply ? State::TooLong : State::NeedsMore;
}

std::string EchoFramer::body() const {
  const auto size = received_.size() - kEnd.size();
  return size < echo_.size() ? std::string{} : received_.substr(echo_.size(), size - echo_.size());
}

}  // namespace fat

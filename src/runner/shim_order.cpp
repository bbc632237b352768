// Order <-> message. See the header.
#include "runner/shim_order.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace fat {
namespace {

/// Ahead of the texts, each of which ends with a zero byte: the folder, the words, the environment.
struct OrderHead {
  std::uint32_t words = 0;
  std::uint32_t environment = 0;
};

/// Takes `count` texts off the front; nullopt when there are fewer.
std::optional<std::vector<char*>> take_texts(std::span<char>& left, std::size_t count) {
  std::vector<char*> texts;
  for (; count > 0; --count) {
    const auto end = std::ranges::find(left, '\0');
    if (end == left.end()) {
      return std::nullopt;
    }
    texts.push_back(left.data());
    left = left.subspan(static_cast<std::size_t>(end - left.begin()) + 1);
  }
  texts.push_back(nullptr);
  return texts;
}

}  // namespace

std::optional<std::string> pack(const ShimOrder& order) {
  const OrderHead head{static_cast<std::uint32_t>(order.words.size()),
                       static_cast<std::uint32_t>(order.environment.size())};
  std::array<char, sizeof head> begin{};
  std::memcpy(begin.data(), &head, sizeof head);
  std::string message{begin.data(), begin.size()};
  const auto add = [&message](const std::string& text) {
    const bool fits = message.size() + text.size() < kLongestOrder;
    if (fits) {
      message += text;
      message += '\0';
    }
    return fits && text.find('\0') == std::string::npos;
  };
  if (!add(order.folder) || !std::ranges::all_of(order.words, add)) {
    return std::nullopt;
  }
  const auto line = message.size() - sizeof head - order.folder.size() - 1;
  if (line > kCommandLineRoom || !std::ranges::all_of(order.environment, add)) {
    return std::nullopt;
  }
  return message;
}

std::optional<UnpackedOrder> unpack(std::span<char> message) {
  OrderHead head;
  if (message.size() < sizeof head || message.size() > kLongestOrder) {
    return std::nullopt;
  }
  std::memcpy(&head, message.data(), sizeof head);
  auto left = message.subspan(sizeof head);
  const auto folder = take_texts(left, 1);
  const char* const line = left.data();
  auto words = take_texts(left, head.words);
  const char* const end = left.data();
  auto environment = take_texts(left, head.environment);
  if (!folder || !words || !environment || !left.empty() || head.words == 0) {
    return std::nullopt;
  }
  const std::string_view command_line{line, static_cast<std::size_t>(end - line)};
  if (command_line.size() > kCommandLineRoom) {
    return std::nullopt;
  }
  return UnpackedOrder{folder->front(), std::move(*words), std::move(*environment), command_line};
}

}  // namespace fat

// Socket -> order. See the header.
#include "runner/shim/standby.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat::shim {
namespace {

constexpr int kLockFd = 3;
constexpr int kListenerFd = 4;

/// From the first byte to the last: the kernel lays the words one behind the other.
std::span<char> area_of(std::span<char*> words) {
  char* const end = words.back() + std::strlen(words.back()) + 1;
  return {words.front(), static_cast<std::size_t>(end - words.front())};
}

std::span<char> room_for_token() {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::span<char> text{*entry, std::strlen(*entry)};
    if (std::string_view{text.data(), text.size()}.starts_with(kTokenVariable)) {
      return text.subspan(kTokenVariable.size());
    }
  }
  return {};
}

void write_over(std::span<char> area, std::string_view text) {
  const auto length = std::min(area.size(), text.size());
  std::memcpy(area.data(), text.data(), length);
  std::memset(area.data() + length, 0, area.size() - length);
}

/// The two descriptors of a message; none (-1) when it carries something else.
std::array<OwnedFd, 2> descriptors_of(msghdr& head) {
  std::array<OwnedFd, 2> found;
  std::array<int, 2> numbers{-1, -1};
  const auto* const carried = CMSG_FIRSTHDR(&head);
  if (carried != nullptr && carried->cmsg_level == SOL_SOCKET && carried->cmsg_type == SCM_RIGHTS &&
      carried->cmsg_len == CMSG_LEN(sizeof numbers)) {
    std::memcpy(numbers.data(), CMSG_DATA(carried), sizeof numbers);
    found = {OwnedFd{numbers[0]}, OwnedFd{numbers[1]}};
  }
  return found;
}

/// `--token` of a shim's command line.
std::string_view token_of(const UnpackedOrder& order) {
  const auto name = std::find_if(order.words.begin(), order.words.end() - 1, [](const char* word) {
    return std::string_view{word} == "--token";
  });
  return name + 1 < order.words.end() - 1 ? std::string_view{*(name + 1)} : std::string_view{};
}

}  // namespace

bool is_standby(std::span<char*> words) {
  return words.size() == 4 && words[1] == kStandbyWord && words[2] == kStandbyProtocol;
}

Standby::Standby(std::span<char*> words) : command_line_(area_of(words)), token_(room_for_token()) {
  write_over({words[3], std::strlen(words[3])}, "");  // so that `ps` shows no blanks
}

std::optional<UnpackedOrder> Standby::wait(int signals) {
  if (send(kOrderDescriptor, kStandbyReady.data(), kStandbyReady.size(), MSG_NOSIGNAL) < 0) {
    return std::nullopt;
  }
  for (;;) {
    std::array<pollfd, 2> entries{pollfd{kOrderDescriptor, POLLIN, 0}, pollfd{signals, POLLIN, 0}};
    const int count = poll(entries.data(), entries.size(), -1);
    if (count < 0 && errno != EINTR) {
      return std::nullopt;
    }
    if (count > 0 && entries[0].revents != 0) {
      return take();  // a signal that came as well is the step's
    }
    if (count > 0) {
      return std::nullopt;
    }
  }
}

std::optional<UnpackedOrder> Standby::take() {
  static std::array<char, kLongestOrder> message;
  iovec bytes{message.data(), message.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
  msghdr head{};
  head.msg_iov = &bytes;
  head.msg_iovlen = 1;
  head.msg_control = control.data();
  head.msg_controllen = control.size();
  ssize_t got = -1;
  do {
    got = recvmsg(kOrderDescriptor, &head, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) {
    return std::nullopt;
  }
  const auto descriptors = descriptors_of(head);
  auto order = unpack({message.data(), static_cast<std::size_t>(got)});
  if (!order || (head.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || !descriptors[1] ||
      dup3(descriptors[0].get(), kLockFd, O_CLOEXEC) < 0 ||  // the socket is closed by it
      dup3(descriptors[1].get(), kListenerFd, O_CLOEXEC) < 0) {
    return std::nullopt;
  }
  show(*order);
  return order;
}

void Standby::show(UnpackedOrder& order) {
  write_over(command_line_.first(command_line_.size() - 1), order.command_line);
  write_over(token_, token_of(order));
  environ = order.environment.data();
}

}  // namespace fat::shim

#include "cli/service_notice.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

#include "fat/model/owned_fd.hpp"

namespace fat {

void tell_service_manager(std::string_view state) {
  const char* const named = std::getenv("NOTIFY_SOCKET");
  const std::string path = named == nullptr ? "" : named;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof address.sun_path ||
      (path.front() != '/' && path.front() != '@')) {
    return;
  }
  std::ranges::copy(path, std::begin(address.sun_path));
  if (path.front() == '@') {  // of the abstract name space
    address.sun_path[0] = '\0';
  }
  const OwnedFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (socket) {
    const auto length = offsetof(sockaddr_un, sun_path) + path.size();
    ::sendto(socket.get(),
             state.data(),
             state.size(),
             MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(length));
  }
}

}  // namespace fat

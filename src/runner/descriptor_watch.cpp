#include "runner/descriptor_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <fmt/format.h>

namespace fat {

DescriptorWatch::DescriptorWatch(boost::asio::io_context& loop,
                                 int fd,
                                 std::function<bool()> readable)
    : stream_(loop), readable_(std::move(readable)) {
  const auto path = fmt::format("/proc/self/fd/{}", fd);
  const int own = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (own < 0) {
    return;  // somebody else's terminal: nothing is read from it
  }
  stream_.assign(own);
  wait();
}

void DescriptorWatch::wait() {
  stream_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
    if (!error && readable_()) {
      wait();
    }
  });
}

}  // namespace fat

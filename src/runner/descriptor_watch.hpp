// Somebody else's descriptor -> a call whenever it can be read, until it ends.
#pragma once

#include <functional>

#include <boost/asio/posix/stream_descriptor.hpp>

namespace fat {

class DescriptorWatch {
 public:
  /// Opens the descriptor's file anew: the event loop makes what it watches non-blocking, and that
  /// would reach every program at this terminal. What cannot be opened is not watched. `readable`
  /// says whether to go on; called on the loop's thread.
  DescriptorWatch(boost::asio::io_context& loop, int fd, std::function<bool()> readable);

 private:
  void wait();

  boost::asio::posix::stream_descriptor stream_;
  std::function<bool()> readable_;
};

}  // namespace fat

// Text -> a terminal or pipe that may be stopped, slow or gone, without ever waiting for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fat {

/// Writes to a descriptor that somebody else owns. Ctrl-S, a stopped `tee` or a slow line must not
/// hold up a run: what cannot be written now is kept, up to a limit, and written by a later
/// flush(). The program must ignore SIGPIPE.
class NonBlockingOutput {
 public:
  /// Terminals and pipes are opened once more, so that O_NONBLOCK does not reach the programs that
  /// share `fd`.
  explicit NonBlockingOutput(int fd);
  NonBlockingOutput(const NonBlockingOutput&) = delete;
  NonBlockingOutput& operator=(const NonBlockingOutput&) = delete;
  ~NonBlockingOutput();

  /// All of `text` or nothing of it: false when the limit is reached or nobody is there any more.
  bool write(std::string_view text);
  void flush();

  bool busy() const { return !pending_.empty(); }  ///< something waits to be written

  bool gone() const { return gone_; }  ///< the other side has vanished, for good

 private:
  void give_up();  // the other side has vanished
  std::size_t write_some(std::string_view text);

  int fd_;
  bool owned_ = false;       ///< our own description: O_NONBLOCK is set
  bool plain_file_ = false;  ///< never blocks for long
  bool gone_ = false;
  std::string pending_;
};

}  // namespace fat

#include "cli/hidden_line.hpp"

#include <iostream>

#include <termios.h>
#include <unistd.h>

namespace fat {

namespace {

constexpr char kInterrupt = '\x03';  // what Ctrl-C is while it sends no signal

/// Keys are not shown, and send no signal that would leave the terminal so.
class Unseen {
 public:
  Unseen() : known_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    auto unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    known_ = known_ && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen) == 0;
  }

  ~Unseen() {
    if (known_) {
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
  }

  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

  explicit operator bool() const { return known_; }

 private:
  termios before_{};
  bool known_;
};

}  // namespace

std::optional<std::string> read_hidden_line(const std::string& question) {
  if (::isatty(STDIN_FILENO) != 1) {
    return std::nullopt;
  }
  const Unseen unseen;
  std::cerr << question << std::flush;
  std::string line;
  const bool read = unseen && std::getline(std::cin, line);
  std::cerr << '\n';
  return read && line.find(kInterrupt) == std::string::npos ? std::optional{line} : std::nullopt;
}

}  // namespace fat

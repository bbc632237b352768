// A pseudo-terminal and what a person would see on it.
#pragma once

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace fat {

/// Understands what Screen writes: text, CR, LF, cursor up, erase below, colours. Every line ever
/// written is kept: the scroll-back is part of the picture. Long lines are not wrapped.
class VirtualTerminal {
 public:
  VirtualTerminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) {
      throw std::runtime_error{"no pseudo-terminal"};
    }
    slave_ = open(ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    resize(80, 24);
  }

  VirtualTerminal(const VirtualTerminal&) = delete;
  VirtualTerminal& operator=(const VirtualTerminal&) = delete;

  ~VirtualTerminal() {
    hang_up();
    close(slave_);
  }

  int fd() const { return slave_; }

  void resize(unsigned short width, unsigned short height) const {
    const winsize size{.ws_row = height, .ws_col = width, .ws_xpixel = 0, .ws_ypixel = 0};
    ioctl(slave_, TIOCSWINSZ, &size);
  }

  /// The person at the terminal presses these keys. Returns when they can be read on the other
  /// side.
  void type(std::string_view keys) const {
    if (write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
      throw std::runtime_error{"cannot type"};
    }
    pollfd entry{.fd = slave_, .events = POLLIN, .revents = 0};
    poll(&entry, 1, 2000);
  }

  /// The terminal window is closed.
  void hang_up() {
    if (master_ >= 0) {
      close(master_);
      master_ = -1;
    }
  }

  /// All lines, without blanks at their ends and empty ones below.
  std::string picture() {
    take_output();
    std::string text;
    for (const std::string& line : lines_) {
      text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    text.erase(text.find_last_not_of('\n') + 1);
    return text + '\n';
  }

  bool echoes() const {
    termios settings{};
    tcgetattr(slave_, &settings);
    return (settings.c_lflag & static_cast<tcflag_t>(ECHO | ICANON)) != 0;
  }

  const std::string& raw() const { return raw_; }

 private:
  /// What the kernel still holds back comes with the next call: writers are on this thread, so all
  /// is there already.
  void take_output() {
    std::array<char, 4096> buffer{};
    pollfd entry{.fd = master_, .events = POLLIN, .revents = 0};
    while (poll(&entry, 1, 20) > 0) {
      const ssize_t count = read(master_, buffer.data(), buffer.size());
      if (count <= 0) {
        return;
      }
      raw_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    for (; shown_ < raw_.size(); ++shown_) {
      show(raw_[shown_]);
    }
  }

  void show(char letter) {
    if (!sequence_.empty()) {
      sequence_ += letter;
      if (letter != '[' && letter >= '@' && letter <= '~') {
        perform(letter);
        sequence_.clear();
      }
    } else if (letter == '\x1b') {
      sequence_ = letter;
    } else if (letter == '\r') {
      column_ = 0;
    } else if (letter == '\n') {
      ++row_;
      lines_.resize(std::max(lines_.size(), row_ + 1));
    } else {
      std::string& line = lines_[row_];
      line.resize(std::max(line.size(), column_ + 1), ' ');
      line[column_++] = letter;
    }
  }

  void perform(char command) {
    if (command == 'A') {
      row_ -= static_cast<std::size_t>(std::stoi(sequence_.substr(2)));
    } else if (command == 'J') {
      lines_.resize(row_ + 1);
      lines_[row_].resize(std::min(column_, lines_[row_].size()));
    }
  }

  int master_;
  int slave_ = -1;
  std::string raw_;
  std::size_t shown_ = 0;  ///< bytes of `raw_` that are in `lines_`
  std::vector<std::string> lines_{1};
  std::size_t row_ = 0, column_ = 0;
  std::string sequence_;
};

}  // namespace fat

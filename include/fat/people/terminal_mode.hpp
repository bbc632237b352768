// A terminal's settings: kept, changed to single keys, given back.
#pragma once

#include <termios.h>

namespace fat {

/// Keeps the settings that a terminal has now and gives them back at the end. Nothing happens when
/// `fd` is no terminal, when this program runs in its background, or when it has vanished. A
/// supervisor holds one as well, so that what an engine that was killed could not give back comes
/// back with it.
class TerminalMode {
 public:
  explicit TerminalMode(int fd);
  TerminalMode(const TerminalMode&) = delete;
  TerminalMode& operator=(const TerminalMode&) = delete;
  ~TerminalMode();

  /// Keys arrive one by one and are not echoed; Ctrl-C and Ctrl-Z still send their signals. Again
  /// after Ctrl-Z and fg: does nothing when it is so already. Returns true when it changed
  /// something.
  bool read_keys();

  /// The kept settings again, if they are not as they were. Async-signal-safe, idempotent.
  void restore() noexcept;

  /// True when this process may read `fd` and change its settings: not a background job of that
  /// terminal.
  static bool in_foreground(int fd) noexcept;

 private:
  int fd_;
  termios before_{};
  bool known_ = false;  ///< `before_` holds settings
};

/// True when `fd` is a terminal on which a cursor can be moved: TERM is neither empty nor "dumb".
bool can_show_live_view(int fd);

/// True when colour is wanted on `fd`: it is such a terminal and NO_COLOR is not set (to anything
/// but an empty text).
bool wants_colour(int fd);

/// Columns and lines of the terminal now; 80 x 24 when it does not say.
struct TerminalSize {
  int width = 80, height = 24;
};

TerminalSize terminal_size(int fd);

}  // namespace fat

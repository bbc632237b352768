// Events, keys and time -> drawings on the terminal.
#include "fat/people/live_view.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>
#include <variant>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "fat/people/terminal_mode.hpp"
#include "people/answer_line.hpp"
#include "people/paint.hpp"
#include "people/screen.hpp"
#include "people/view_block.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Between two drawings of a run that changes quickly.
constexpr Microseconds kShortestPause = milliseconds{100};
constexpr Microseconds kLongestPause = milliseconds{950};  ///< ticks come each second, about
constexpr Microseconds kHintShown = seconds{20};

bool changes_questions(const Event& event) {
  return std::holds_alternative<PromptOpened>(event.body) ||
         std::holds_alternative<PromptAnswered>(event.body) ||
         std::holds_alternative<PromptWithdrawn>(event.body);
}

bool can_read(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&entry, 1, 0) > 0;
}

}  // namespace

class LiveView::Shown {
 public:
  explicit Shown(LiveViewOptions options)
      : options_(std::move(options)),
        input_(options_.input >= 0 && isatty(options_.input) == 1 ? options_.input : -1),
        mode_(input_),
        screen_(options_.output) {
    mode_.read_keys();
  }

  void happened(const std::vector<Event>& events, const Campaign& campaign, const Instant& now) {
    std::vector<std::string> lines;
    bool at_once = block_.empty();
    if (at_once) {
      virtual_ = campaign.summary(now).virtual_station;
    }
    for (const Event& event : events) {
      at_once = at_once || changes_questions(event);
      for (const Announcement& announcement : announce(event, campaign)) {
        lines.push_back(coloured(announcement, event.at.wall));
      }
    }
    if (at_once || elapsed(drawn_, now) >= kShortestPause) {
      draw(lines, campaign, now);
      return;
    }
    changed_ = true;
    scroll(lines);
  }

  void say(const Announcement& announcement, const Instant& now) {
    scroll({coloured(announcement, now.wall)});
  }

  void tick(const Campaign& campaign, const Instant& now) {
    if (mode_.read_keys()) {
      screen_.forget_block();
    }
    screen_.flush();
    if (changed_ || elapsed(drawn_, now) >= kLongestPause) {
      draw({}, campaign, now);
    }
  }

  int input() const { return silent() ? -1 : input_; }

  void on_input(const Campaign& campaign, const Instant& now) {
    follow(campaign.summary(now).prompts);
    take(read_bytes(), now);
    draw({}, campaign, now);
  }

  void close() {
    if (!std::exchange(closed_, true)) {
      screen_.draw({}, {});
      mode_.restore();
    }
  }

  bool silent() const { return closed_ || screen_.gone(); }

 private:
  std::string coloured(const Announcement& announcement, WallTime when) const {
    Paint paint = Paint::Plain;
    if (announcement.urgency != Urgency::Info) {
      paint = announcement.urgency == Urgency::Warning ? Paint::Waiting : Paint::Bad;
    }
    return painted(log_line(announcement, when, virtual_), paint, options_.colour);
  }

  void scroll(const std::vector<std::string>& lines) {
    if (!lines.empty()) {
      screen_.draw(lines, block_);
    }
  }

  /// A person cannot have meant what was typed before the question stood there.
  void follow(const std::vector<Prompt>& prompts) {
    if (answer_.follow(prompts) && !prompts.empty() && input_ >= 0 &&
        TerminalMode::in_foreground(input_)) {
      tcflush(input_, TCIFLUSH);
    }
  }

  void draw(const std::vector<std::string>& lines, const Campaign& campaign, const Instant& now) {
    const RunSummary summary = campaign.summary(now);
    follow(summary.prompts);
    if (!answer_.hint().empty() && elapsed(hinted_, now) > kHintShown) {
      answer_.show_hint("");
    }
    const TerminalSize size = terminal_size(options_.output);
    const ViewOptions view{.width = size.width,
                           .height = size.height,
                           .colour = options_.colour,
                           .help = help_,
                           .now = now,
                           .typed = answer_.typed(),
                           .hint = answer_.hint()};
    block_ = render_block(summary, view);
    screen_.draw(lines, block_);
    drawn_ = now;
    changed_ = false;
  }

  std::string read_bytes() {
    std::array<char, 4096> buffer{};
    if (input_ < 0 || !TerminalMode::in_foreground(input_) || !can_read(input_)) {
      return "";
    }
    const ssize_t count = read(input_, buffer.data(), buffer.size());
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) {
      input_ = -1;  // hung up: the run goes on without it
    }
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }

  /// What follows a complete answer in the same breath is dropped: it was not meant for the next
  /// question.
  void take(const std::string& bytes, const Instant& now) {
    for (const char byte : bytes) {
      const Key key = answer_.feed(byte);
      hinted_ = now;
      if (key == Key::Help) {
        help_ = !help_;
      } else if (key == Key::Redraw) {
        screen_.forget_block();
      } else if (key == Key::Enter) {
        if (const auto answer = answer_.enter()) {
          submit(*answer);
          return;
        }
      }
    }
  }

  void submit(const TypedAnswer& answer) {
    if (options_.answer) {
      const std::string reply = options_.answer(answer);
      answer_.show_hint(printable(reply));
    }
  }

  LiveViewOptions options_;
  int input_;  ///< -1: nothing to read
  TerminalMode mode_;
  Screen screen_;
  AnswerLine answer_;
  std::vector<std::string> block_;  ///< as drawn last
  Instant drawn_;                   ///< when
  Instant hinted_;                  ///< when the hint was shown, or a key pressed
  bool changed_ = false;            ///< `block_` is out of date
  bool help_ = false;
  bool virtual_ = false;
  bool closed_ = false;
};

LiveView::LiveView(LiveViewOptions options) : shown_(std::make_unique<Shown>(std::move(options))) {}

LiveView::~LiveView() {
  close();
}

void LiveView::happened(const std::vector<Event>& events,
                        const Campaign& campaign,
                        const Instant& now) {
  if (!shown_->silent()) {
    shown_->happened(events, campaign, now);
  }
}

void LiveView::alarm(const std::string& text, const Instant& now) {
  say({.urgency = Urgency::Critical, .text = printable(text)}, now);
}

void LiveView::say(const Announcement& announcement, const Instant& now) {
  if (!shown_->silent()) {
    shown_->say(announcement, now);
  }
}

void LiveView::tick(const Campaign& campaign, const Instant& now) {
  if (!shown_->silent()) {
    shown_->tick(campaign, now);
  }
}

int LiveView::input_fd() const {
  return shown_->input();
}

void LiveView::on_input(const Campaign& campaign, const Instant& now) {
  if (!shown_->silent()) {
    shown_->on_input(campaign, now);
  }
}

void LiveView::close() {
  shown_->close();
}

}  // namespace fat

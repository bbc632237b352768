// Events and keys -> a terminal on which the log scrolls above a block that says where the run
// stands.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/model/plan.hpp"
#include "fat/people/announcement.hpp"
#include "fat/ports/observer.hpp"

namespace fat {

/// An answer that somebody typed into the view; its value is a valid one for the prompt.
struct TypedAnswer {
  int prompt = 0;
  std::string value;
  std::string
      reason;  ///< not empty when the prompt wants one, or when a ManualInput was answered "no"
};

struct LiveViewOptions {
  int input = -1;   ///< terminal to read keys from; -1, or no terminal: none are read
  int output = -1;  ///< terminal for which can_show_live_view() is true
  bool colour = false;
  /// Gives the answer to the run and returns its reply. May call happened() of this view. May be
  /// empty.
  std::function<std::string(const TypedAnswer&)> answer;
};

/// Never waits for the terminal: after Ctrl-S, or on a slow line, lines are left out (the log has
/// them all). A terminal that vanishes makes the view silent for good, it is never an error.
/// Everything on one thread. SIGPIPE must be ignored.
class LiveView : public Observer {
 public:
  explicit LiveView(LiveViewOptions options);
  LiveView(const LiveView&) = delete;
  LiveView& operator=(const LiveView&) = delete;
  /// close().
  ~LiveView() override;

  void happened(const std::vector<Event>& events,
                const Campaign& campaign,
                const Instant& now) override;
  void alarm(const std::string& text, const Instant& now) override;

  /// A line of somebody else above the block ("Ctrl-C: stop asked for").
  void say(const Announcement& announcement, const Instant& now);

  /// To be called about once a second: draws again when a second has passed or something has
  /// changed; takes the terminal up again after Ctrl-Z and fg.
  void tick(const Campaign& campaign, const Instant& now);

  /// Descriptor to be watched for input; -1 when there is nothing (any more) to read.
  int input_fd() const;

  /// Takes what was typed, without waiting. Keys typed before a question was shown are never its
  /// answer.
  void on_input(const Campaign& campaign, const Instant& now);

  /// Removes the block and gives the terminal back. The view is silent afterwards. Idempotent.
  void close();

 private:
  class Shown;
  std::unique_ptr<Shown> shown_;
};

}  // namespace fat

// What happens -> which alerts are open, and who was told of each. Time is that of the run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fat/model/on_call.hpp"
#include "fat/model/prompt.hpp"

namespace fat {

class Alerts {
 public:
  const CallBook& book() const { return book_; }

  /// Who is on call from now on.
  void follow(const OnCall& on_call) { book_.on_call = on_call; }

  void ask(const Prompt& prompt, Microseconds now, WallTime at);
  /// The same text once while it is open.
  void cry(const std::string& text, Microseconds now, WallTime at);

  /// Closes the others: they are answered, withdrawn or gone.
  void keep_questions(const std::function<bool(int prompt)>& is_open);
  /// Those that say exactly this.
  void close(const std::string& text);

  /// The run has ended: nobody is called any more.
  void close_all() { book_.alerts.clear(); }

  void take_shift(const ShiftTaken& body, WallTime at);
  void acknowledge(const Acknowledged& body, const std::string& who);
  void call(const PersonCalled& body, Microseconds now);
  void remind(int prompt, Microseconds now);

  void read(const ReplyRead& body) { book_.read_up_to[body.channel] = body.ts; }

 private:
  void open(Alert alert, Microseconds now, WallTime at);

  CallBook book_;
};

}  // namespace fat

// The thread that takes one channel's messages out.
#include "fat/people/courier.hpp"

#include <condition_variable>
#include <mutex>

#include "fat/ports/journal.hpp"
#include "people/channel_delivery.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostInHand = 200;             // messages read at once
constexpr std::chrono::seconds kJournalPatience{1};  // until a journal that refuses is asked again

}  // namespace

/// Owned by its thread, too: a sink that a dead mount holds may outlive the courier.
class Courier::Impl {
 public:
  Impl(CourierParts parts, const Clock& clock)
      : parts_(std::move(parts)),
        clock_(clock),
        delivery_(parts_.channel, parts_.rules, parts_.seed) {}

  void nudge() {
    const std::scoped_lock lock{mutex_};
    nudged_ = true;
    changed_.notify_all();
  }

  void wind_up() {
    const std::scoped_lock lock{mutex_};
    winding_up_ = nudged_ = true;
    changed_.notify_all();
  }

  void work(const std::stop_token& stop);

  void abandon() {
    const std::scoped_lock lock{mutex_};
    abandoned_ = true;
  }

 private:
  bool step(const std::stop_token& stop);
  void take_out(Post post, const std::stop_token& stop);
  bool pause(Microseconds length, const std::stop_token& stop);
  void settle_rest();

  bool is_abandoned() {
    const std::scoped_lock lock{mutex_};
    return abandoned_;
  }

  /// What could not be written down yet.
  struct Unsettled {
    std::vector<std::int64_t> messages;
    MessageFate fate = MessageFate::Delivered;
    std::string why;
  };

  CourierParts parts_;
  const Clock& clock_;
  ChannelDelivery delivery_;
  std::unique_ptr<Outbox> outbox_;
  std::vector<Unsettled> unsettled_;
  int thread_run_ = 0;  ///< the run whose first receipt is known
  std::string thread_receipt_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool nudged_ = false;      // guarded by mutex_
  bool winding_up_ = false;  // guarded by mutex_
  bool abandoned_ = false;   // guarded by mutex_; nothing outside of this is there any more
};

void Courier::Impl::work(const std::stop_token& stop) {
  bool goes_on = true;
  while (goes_on && !stop.stop_requested()) {
    try {
      if (!outbox_) {
        outbox_ = parts_.open_outbox();
      }
      goes_on = step(stop);
    } catch (const JournalError&) {  // the run itself says so too, and what was posted is known
      goes_on = pause(kJournalPatience, stop);
    }
  }
}

/// false: it is time to end.
bool Courier::Impl::step(const std::stop_token& stop) {
  settle_rest();
  {
    const std::scoped_lock lock{mutex_};
    nudged_ = false;  // whatever is stored from here on nudges again
  }
  const auto oldest = outbox_->waiting(parts_.channel, kMostInHand);
  if (stop.stop_requested()) {
    return false;  // the disk may have held us for long
  }
  const auto now = clock_.now();
  auto next = delivery_.next(oldest, now);
  if (!next.repeated.empty()) {
    unsettled_.push_back({next.repeated, MessageFate::Repeated, {}});
    settle_rest();
  }
  if (next.post) {
    next.post->at = now.wall;
    take_out(std::move(*next.post), stop);
    return true;
  }
  if (next.wait) {
    return pause(*next.wait, stop);
  }
  if (!next.repeated.empty()) {
    return true;  // there may be more behind them
  }
  std::unique_lock lock{mutex_};
  changed_.wait(lock, stop, [this] { return nudged_ || winding_up_; });
  return nudged_ || !winding_up_;
}

void Courier::Impl::take_out(Post post, const std::stop_token& stop) {
  outbox_->bind_post(post.messages);
  if (thread_run_ != post.run) {
    thread_receipt_ = outbox_->first_receipt(parts_.channel, post.run);
    thread_run_ = post.run;
  }
  post.thread = thread_receipt_;
  const auto result = parts_.sink->deliver(post, stop);
  if (stop.stop_requested()) {  // broken off by us
    if (result.outcome == PostOutcome::Delivered && !is_abandoned()) {
      outbox_->settle(post.messages, MessageFate::Delivered, result.receipt);
    }
    return;
  }
  const auto verdict = delivery_.ended(result, clock_.now());
  if (verdict.fate != MessageFate::Waiting) {
    const bool delivered = verdict.fate == MessageFate::Delivered;
    unsettled_.push_back({post.messages, verdict.fate, delivered ? result.receipt : verdict.why});
    thread_receipt_ = delivered && thread_receipt_.empty() ? result.receipt : thread_receipt_;
  }
  if (!verdict.alarm.empty()) {
    parts_.alarm(verdict.alarm);
  }
  settle_rest();
}

/// Before anything else is posted: what is not written down would be told again.
void Courier::Impl::settle_rest() {
  while (!unsettled_.empty()) {
    const auto& first = unsettled_.front();
    outbox_->settle(first.messages, first.fate, first.why);
    unsettled_.erase(unsettled_.begin());
  }
}

/// A nudge does not end it: the wait has its reason. Who winds up does not wait long for a
/// sink that fails.
bool Courier::Impl::pause(Microseconds length, const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  const bool too_long = delivery_.is_failing() && length > parts_.rules.last_patience;
  const auto gives_up = [this, too_long] { return winding_up_ && too_long; };
  changed_.wait_for(lock, stop, length, gives_up);
  return !gives_up();
}

Courier::Courier(CourierParts parts, const Clock& clock)
    : impl_(std::make_shared<Impl>(std::move(parts), clock)),
      thread_([impl = impl_](const std::stop_token& stop) { impl->work(stop); }) {}

Courier::~Courier() {
  finish({});
}

void Courier::nudge() {
  impl_->nudge();
}

void Courier::wind_up() {
  impl_->wind_up();
}

void Courier::finish(std::chrono::steady_clock::time_point deadline) {
  if (!thread_.leave(deadline)) {
    impl_->abandon();
  }
}

}  // namespace fat

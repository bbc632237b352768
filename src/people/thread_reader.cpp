// A thread that asks Slack what people wrote, while somebody is waited for.
#include "fat/people/thread_reader.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "fat/model/on_call.hpp"
#include "fat/ports/journal.hpp"
#include "people/slack_replies.hpp"

namespace fat {
namespace {

constexpr int kMostPages = 20;  // of one look; what is behind them is read at the next
constexpr std::chrono::minutes kPatienceWithMistakes{5};
constexpr std::chrono::hours kLongestSilence{1};
constexpr int kSilentFailures = 5;

}  // namespace

/// Owned by its thread, too.
class ThreadReader::Impl {
 public:
  explicit Impl(ThreadReaderParts parts) : parts_(std::move(parts)) {}

  void work(const std::stop_token& stop);

  void listen(int run, const std::string& after) {
    const std::scoped_lock lock{mutex_};
    listens_ = true;
    run_ = run;
    after_ = after;
    changed_.notify_all();
  }

  void rest() {
    const std::scoped_lock lock{mutex_};
    if (listens_) {
      listens_ = false;
      looks_left_ = 1;
      changed_.notify_all();
    }
  }

 private:
  struct Wanted {
    int run = 0;
    std::string after;
  };

  std::optional<Wanted> wait_until_wanted(const std::stop_token& stop);
  std::chrono::milliseconds look(const Wanted& wanted, const std::stop_token& stop);
  void tell(const std::vector<SlackMessage>& messages,
            const std::map<std::string, std::string>& asked);
  std::chrono::milliseconds failed(const RepliesPage& page);

  ThreadReaderParts parts_;
  std::unique_ptr<Outbox> outbox_;
  std::string read_up_to_;  ///< in the thread of `read_run_`
  int read_run_ = 0;
  int failures_ = 0;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool listens_ = false;  // guarded by mutex_
  int looks_left_ = 0;    // guarded by mutex_; of one that does not listen any more
  int run_ = 0;           // guarded by mutex_
  std::string after_;     // guarded by mutex_
};

std::optional<ThreadReader::Impl::Wanted> ThreadReader::Impl::wait_until_wanted(
    const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, stop, [this] { return listens_ || looks_left_ > 0; });
  if (stop.stop_requested()) {
    return std::nullopt;
  }
  looks_left_ = listens_ ? looks_left_ : looks_left_ - 1;
  return Wanted{.run = run_, .after = after_};
}

void ThreadReader::Impl::work(const std::stop_token& stop) {
  while (const auto wanted = wait_until_wanted(stop)) {
    auto wait = parts_.every;
    try {
      wait = look(*wanted, stop);
    } catch (const JournalError&) {
      outbox_.reset();  // the run itself says so too
    }
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, stop, wait, [] { return false; });
  }
}

/// Returns how long Slack is to be left alone.
std::chrono::milliseconds ThreadReader::Impl::look(const Wanted& wanted,
                                                   const std::stop_token& stop) {
  if (!outbox_) {
    outbox_ = parts_.open_outbox();
  }
  const auto thread = outbox_->first_receipt(parts_.sink.name, wanted.run);
  const auto asked = outbox_->receipts_of_alerts(parts_.sink.name, wanted.run);
  if (thread.empty() || asked.empty()) {
    return parts_.every;  // nobody can have seen a question there
  }
  if (read_run_ != wanted.run) {
    read_run_ = wanted.run;
    read_up_to_ = thread;
  }
  if (is_later_reply(wanted.after, read_up_to_)) {
    read_up_to_ = wanted.after;
  }
  RepliesWanted page_wanted{.thread = thread, .oldest = read_up_to_, .cursor = {}};
  std::vector<SlackMessage> messages;
  for (int pages = 0; pages < kMostPages; ++pages) {
    auto page = read_replies(parts_.sink, page_wanted, stop);
    if (page.outcome != PostOutcome::Delivered) {
      return stop.stop_requested() ? parts_.every : failed(page);  // read anew: nothing is told yet
    }
    std::ranges::move(page.messages, std::back_inserter(messages));
    page_wanted.cursor = page.next;
    if (page.next.empty()) {
      break;
    }
  }
  failures_ = 0;
  if (!stop.stop_requested()) {  // who hears is there
    tell(messages, asked);
  }
  return parts_.every;
}

void ThreadReader::Impl::tell(const std::vector<SlackMessage>& messages,
                              const std::map<std::string, std::string>& asked) {
  auto in_order = messages;
  std::ranges::stable_sort(in_order, [](const SlackMessage& one, const SlackMessage& other) {
    return is_later_reply(other.ts, one.ts);
  });
  for (const auto& message : in_order) {
    if (!is_later_reply(message.ts, read_up_to_)) {
      continue;  // it came twice
    }
    read_up_to_ = message.ts;
    ThreadReply reply{.channel = parts_.sink.name,
                      .ts = message.ts,
                      .member = message.user,
                      .text = message.text,
                      .about = {}};
    for (const auto& [alert, ts] : asked) {
      if (is_later_reply(message.ts, ts)) {
        reply.about.push_back(alert);
      }
    }
    parts_.heard(std::move(reply));
  }
}

std::chrono::milliseconds ThreadReader::Impl::failed(const RepliesPage& page) {
  using std::chrono::milliseconds;
  ++failures_;
  const bool mend = page.outcome != PostOutcome::TryLater;
  if (failures_ == (mend ? 1 : kSilentFailures)) {
    parts_.alarm(
        fmt::format("{}: answers in the thread cannot be read ({}); answer with `fatmaster answer`",
                    parts_.sink.name,
                    page.why));
  }
  const auto doubled = parts_.every * (1 << std::min(failures_, 6));
  const auto own = mend ? milliseconds{kPatienceWithMistakes}
                        : std::min(doubled, milliseconds{kPatienceWithMistakes});
  const auto asked =
      std::chrono::duration_cast<milliseconds>(page.retry_after.value_or(Microseconds{0}));
  return std::max(own, std::min(asked, milliseconds{kLongestSilence}));
}

ThreadReader::ThreadReader(ThreadReaderParts parts)
    : impl_(std::make_shared<Impl>(std::move(parts))),
      thread_([impl = impl_](const std::stop_token& stop) { impl->work(stop); }) {}

ThreadReader::~ThreadReader() = default;

void ThreadReader::listen(int run, const std::string& after) {
  impl_->listen(run, after);
}

void ThreadReader::rest() {
  impl_->rest();
}

}  // namespace fat

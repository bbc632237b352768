// Events that were published -> every listener's queue, as the text that is sent: what comes within
// a short time as one that all share. A listener that does not read is let go. Used by one thread;
// `event_text` and `to_published` by any.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fat/web/api.hpp"

namespace fat {

/// Text that all listeners share.
using SharedText = std::shared_ptr<const std::string>;

/// "event: journal\nid: 7\ndata: {...}\n\n". Line ends within the data begin a new data line.
SharedText event_text(const StreamEvent& event);

/// An id as the journal counts them; nullopt: something else.
std::optional<std::uint64_t> event_number(const std::string& id);

/// The run that the data of a "hello" or "run" event names.
std::optional<std::uint64_t> run_named_in(const std::string& data);

struct PublishedEvent {
  std::string name;
  std::optional<std::uint64_t> id;
  std::optional<std::uint64_t> run;  ///< of a "run" event
  SharedText text;
};

/// REQUIRES: the data is there.
PublishedEvent to_published(const StreamEvent& event);

/// What is sent at once.
struct EventBatch {
  struct Part {
    std::size_t end = 0;  ///< in the text
    std::optional<std::uint64_t> id;
    bool of_a_run = false;
    std::optional<std::uint64_t> run;  ///< of which one, if that was known
  };

  std::string text;
  std::vector<Part> parts;
};

using SharedBatch = std::shared_ptr<const EventBatch>;

class EventHub;

/// What waits for one client. Leaves the hub when it goes.
class Listener {
 public:
  /// Hears what is published from now on. `run`: only this run's journal and status events; `wake`
  /// is called when there is something new.
  Listener(EventHub& hub, std::optional<std::uint64_t> run, std::function<void()> wake);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Everything up to here was sent in another way: it is not sent again.
  void sent_up_to(std::uint64_t id);

  /// What waits, at most `most` texts; they are its caller's from here on.
  std::vector<SharedText> take(std::size_t most);

  /// Nothing more is sent: it does not read, or somebody ended it.
  bool over() const { return over_; }

  void end();

 private:
  friend class EventHub;
  void hear(const SharedBatch& batch, std::size_t most_bytes);
  bool is_of_another(const EventBatch::Part& part) const;
  std::size_t bytes_for_it(const EventBatch& batch) const;
  SharedText text_for_it(const SharedBatch& batch);

  struct Waiting {
    SharedBatch batch;
    std::size_t bytes = 0;  ///< those that are for it
  };

  EventHub& hub_;
  std::optional<std::uint64_t> run_;
  std::function<void()> wake_;
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t sent_ = 0;
  bool over_ = false;
};

class EventHub {
 public:
  /// `rest` sees to it that `rested` is called once, a short time from now; again before that: from
  /// then on.
  EventHub(std::size_t backlog_bytes, std::function<void()> rest)
      : backlog_bytes_(backlog_bytes), rest_(std::move(rest)) {}

  /// Goes out at once, unless something did just before: then with all that comes until `rested`,
  /// or until it is much.
  void publish(const std::vector<PublishedEvent>& events);

  void rested();

  /// What waits goes out now.
  void flush();

  /// What waits goes out now, and then nothing more.
  void close();

  bool closed() const { return closed_; }

  std::size_t listeners() const { return listeners_.size(); }

  /// The run that the newest "run" event named, or `learn` was told; nullopt: none yet.
  std::optional<std::uint64_t> run() const { return run_; }

  void learn(std::optional<std::uint64_t> run);

 private:
  friend class Listener;
  void collect(const PublishedEvent& event);

  std::list<Listener*> listeners_;
  std::size_t backlog_bytes_;
  std::function<void()> rest_;
  bool resting_ = false;
  bool closed_ = false;
  EventBatch waiting_;
  std::optional<std::uint64_t> run_;
};

}  // namespace fat

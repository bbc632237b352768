// What people write in the run's thread of each chat -> verbs of the run.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "fat/model/station.hpp"
#include "fat/people/thread_reader.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

/// Whether answers are read in the thread of that sink.
bool is_read(const Station& station, const SinkEntry& sink);

class ThreadReplies {
 public:
  /// `alarm` is called on a thread of its own. Must not block. REQUIRES: the journal has been
  /// opened for writing.
  ThreadReplies(const Station& station, const std::function<void(const std::string&)>& alarm);

  bool empty() const { return readers_.empty(); }

  /// Reads while somebody is waited for, and asks the run for what was written meanwhile. To be
  /// called again and again on the run's thread.
  void tick(const Campaign& campaign,
            const Instant& now,
            const std::function<void(const Verb&)>& request);

 private:
  struct Reader {
    std::string channel;
    std::unique_ptr<ThreadReader> reader;
  };

  std::vector<Person> people_;
  std::mutex mutex_;
  std::vector<ThreadReply> heard_;  // guarded by mutex_
  std::vector<Reader> readers_;     // last: they use the others
};

}  // namespace fat

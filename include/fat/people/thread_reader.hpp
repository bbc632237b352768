// The thread of a run in a chat -> what people wrote in it, by a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fat/model/people_entry.hpp"
#include "fat/people/leavable_thread.hpp"
#include "fat/ports/outbox.hpp"

namespace fat {

/// What somebody wrote there.
struct ThreadReply {
  std::string channel;             ///< name of the sink
  std::string ts;                  ///< the chat's own time of it
  std::string member;              ///< "U012AB3CD"
  std::string text;                ///< as it was typed
  std::vector<std::string> about;  ///< alerts that had been told there when it was written
};

struct ThreadReaderParts {
  SinkEntry sink;  ///< of kind Slack
  /// Called once, on the reader's thread; tried again while it throws JournalError.
  std::function<std::unique_ptr<Outbox>()> open_outbox;
  /// Both are called on the reader's thread. Must not block.
  std::function<void(ThreadReply)> heard;
  std::function<void(const std::string&)> alarm;
  std::chrono::milliseconds every = std::chrono::seconds{3};
};

/// Asks Slack only while somebody is waited for, as often as Slack allows; each message is told
/// once, in order.
class ThreadReader {
 public:
  explicit ThreadReader(ThreadReaderParts parts);
  /// Returns within two seconds, whatever holds its thread.
  ~ThreadReader();
  ThreadReader(const ThreadReader&) = delete;
  ThreadReader& operator=(const ThreadReader&) = delete;

  /// From now on, what was written in the thread of that run after the time `after` of the chat
  /// (empty: since the run's first message). Any thread, never blocks.
  void listen(int run, const std::string& after);
  /// Looks once more, then no further.
  void rest();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  ///< with its thread
  LeavableThread thread_;
};

}  // namespace fat

// The messages in fatmaster.db -> those that wait, and what became of them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fat/ports/outbox.hpp"

namespace fat {

/// How many messages of a channel there are, by what became of them.
struct ChannelCount {
  std::string channel;
  std::map<MessageFate, int> messages;
};

/// A connection of its own for one thread, beside the one that appends. Its commits are not synced:
/// after a power cut a message that was delivered may be delivered again, and no step ever waits
/// for this thread's disk writes.
class SqliteOutbox : public Outbox {
 public:
  /// REQUIRES: the journal exists and is of this program's version (it has been opened for
  /// writing). Throws JournalError.
  explicit SqliteOutbox(const std::filesystem::path& file);
  ~SqliteOutbox() override;
  SqliteOutbox(const SqliteOutbox&) = delete;
  SqliteOutbox& operator=(const SqliteOutbox&) = delete;

  std::vector<StoredMessage> waiting(const std::string& channel, std::size_t limit) override;
  void bind_post(const std::vector<std::int64_t>& messages) override;
  void settle(const std::vector<std::int64_t>& messages,
              MessageFate fate,
              const std::string& why) override;
  std::string first_receipt(const std::string& channel, int run) override;
  std::map<std::string, std::string> receipts_of_alerts(const std::string& channel,
                                                        int run) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Of every channel that has ever had a message, in alphabetical order. Read only; empty for a
/// journal of a program that knew no messages. Throws JournalError.
std::vector<ChannelCount> count_messages(const std::filesystem::path& file);

/// Messages of that fate, newest first, at most `limit`. Read only. Throws JournalError.
std::vector<StoredMessage> messages_of_fate(const std::filesystem::path& file,
                                            MessageFate fate,
                                            std::size_t limit);

/// Dead messages wait again. Returns how many. REQUIRES: the station is ours. Throws JournalError.
int revive_messages(const std::filesystem::path& file);

}  // namespace fat

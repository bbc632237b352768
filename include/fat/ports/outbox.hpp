// The stored messages of one channel, as the thread that delivers them sees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fat/model/message.hpp"

namespace fat {

/// Implementations: `SqliteOutbox` (store), with a full disk in tests/people/courier_test. Used by
/// one thread. All throw JournalError; what was refused can be asked for again.
class Outbox {
 public:
  virtual ~Outbox() = default;

  /// Messages of the channel that wait, oldest first, at most `limit`.
  virtual std::vector<StoredMessage> waiting(const std::string& channel, std::size_t limit) = 0;

  /// These go out as one post from now on, also after a crash: it is named after the first of them.
  virtual void bind_post(const std::vector<std::int64_t>& messages) = 0;

  /// They do not wait any more. `why`: of dead ones the reason, of delivered ones the receipt.
  virtual void settle(const std::vector<std::int64_t>& messages,
                      MessageFate fate,
                      const std::string& why) = 0;

  /// The receipt of the first message of that run that was delivered there; empty: none has one.
  virtual std::string first_receipt(const std::string& channel, int run) = 0;

  /// Receipts of the messages that opened alerts of that run there, by Alert::id; of those that
  /// were delivered.
  virtual std::map<std::string, std::string> receipts_of_alerts(const std::string& channel,
                                                                int run) = 0;
};

}  // namespace fat

// Messages for people <-> rows of the table `messages`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fat/model/message.hpp"
#include "store/database.hpp"

namespace fat::store {

/// Not part of the chain: whoever changes a text changes what people read, never what happened.
class MessageTable {
 public:
  explicit MessageTable(Database& database);

  /// REQUIRES: inside a transaction. `event`: id of the event that causes it.
  void insert(const Message& message, std::int64_t event);

 private:
  Statement insert_;
};

/// The row of a SELECT of id, channel, run, wall_us, urgency, text, fault, post, fate, why,
/// files, calls, about.
StoredMessage message_of(const Statement& row);

}  // namespace fat::store

// Rows of the table `messages` -> those that wait; what became of them -> the rows.
#include "fat/store/sqlite_outbox.hpp"

#include <chrono>

#include "fat/ports/journal.hpp"
#include "store/database.hpp"
#include "store/journal_schema.hpp"
#include "store/message_table.hpp"

namespace fat {

namespace {

constexpr const char* kOutboxColumns =
    "SELECT id, channel, run, wall_us, urgency, text, fault, post, fate, why, files, calls, about "
    "FROM messages ";

bool has_messages(store::Database& database) {
  return database.integer_of("SELECT count(*) FROM sqlite_schema WHERE name = 'messages'") == 1;
}

}  // namespace

struct SqliteOutbox::Parts {
  explicit Parts(const std::filesystem::path& file)
      : database(file, store::Access::ReadWrite),
        waiting(database.handle(),
                std::string{kOutboxColumns} +
                    "WHERE channel = ?1 AND fate = 'waiting' ORDER BY id LIMIT ?2"),
        bind(database.handle(), "UPDATE messages SET post = ?2 WHERE id = ?1"),
        settle(database.handle(), "UPDATE messages SET fate = ?2, why = ?3 WHERE id = ?1"),
        receipt(database.handle(),
                "SELECT why FROM messages WHERE channel = ?1 AND run = ?2 AND fate = 'delivered' "
                "AND why <> '' ORDER BY id LIMIT 1"),
        alerts(database.handle(),
               "SELECT about, why FROM messages WHERE channel = ?1 AND run = ?2 AND about <> '' "
               "AND fate = 'delivered' AND why <> ''") {
    // What is synced is the appender's business, and so is moving the log into the file: else it
    // would happen while this thread holds the one lock that writers share.
    database.execute("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0");
  }

  store::Database database;
  store::Statement waiting, bind, settle, receipt, alerts;
};

SqliteOutbox::SqliteOutbox(const std::filesystem::path& file)
    : parts_(std::make_unique<Parts>(file)) {}

SqliteOutbox::~SqliteOutbox() = default;

std::vector<StoredMessage> SqliteOutbox::waiting(const std::string& channel, std::size_t limit) {
  std::vector<StoredMessage> messages;
  auto& statement = parts_->waiting;
  const store::Reading reading(statement);
  statement.bind(1, channel).bind(2, static_cast<std::int64_t>(limit));
  while (statement.step()) {
    messages.push_back(store::message_of(statement));
  }
  return messages;
}

void SqliteOutbox::bind_post(const std::vector<std::int64_t>& messages) {
  store::Transaction transaction(parts_->database);
  for (const auto id : messages) {
    parts_->bind.bind(1, id).bind(2, messages.front()).run();
  }
  transaction.commit();
}

void SqliteOutbox::settle(const std::vector<std::int64_t>& messages,
                          MessageFate fate,
                          const std::string& why) {
  store::Transaction transaction(parts_->database);
  for (const auto id : messages) {
    parts_->settle.bind(1, id).bind(2, to_string(fate)).bind(3, why).run();
  }
  transaction.commit();
}

std::string SqliteOutbox::first_receipt(const std::string& channel, int run) {
  auto& statement = parts_->receipt;
  const store::Reading reading(statement);
  statement.bind(1, channel).bind(2, std::int64_t{run});
  return statement.step() ? std::string{statement.text(0)} : "";
}

std::map<std::string, std::string> SqliteOutbox::receipts_of_alerts(const std::string& channel,
                                                                    int run) {
  std::map<std::string, std::string> receipts;
  auto& statement = parts_->alerts;
  const store::Reading reading(statement);
  statement.bind(1, channel).bind(2, std::int64_t{run});
  while (statement.step()) {
    receipts[std::string{statement.text(0)}] = statement.text(1);
  }
  return receipts;
}

std::vector<ChannelCount> count_messages(const std::filesystem::path& file) {
  store::Database database = store::open_for_reading(file, {});
  std::vector<ChannelCount> channels;
  if (!has_messages(database)) {
    return channels;
  }
  store::Statement counts(
      database.handle(),
      "SELECT channel, fate, count(*) FROM messages GROUP BY channel, fate ORDER BY channel");
  const store::Reading reading(counts);
  while (counts.step()) {
    if (channels.empty() || channels.back().channel != counts.text(0)) {
      channels.push_back({.channel = std::string{counts.text(0)}, .messages = {}});
    }
    const auto fate = parse_message_fate(counts.text(1)).value_or(MessageFate::Waiting);
    channels.back().messages[fate] += static_cast<int>(counts.integer(2));
  }
  return channels;
}

std::vector<StoredMessage> messages_of_fate(const std::filesystem::path& file,
                                            MessageFate fate,
                                            std::size_t limit) {
  store::Database database = store::open_for_reading(file, {});
  std::vector<StoredMessage> messages;
  if (!has_messages(database)) {
    return messages;
  }
  store::Statement found(database.handle(),
                         std::string{kOutboxColumns} + "WHERE fate = ?1 ORDER BY id DESC LIMIT ?2");
  const store::Reading reading(found);
  found.bind(1, to_string(fate)).bind(2, static_cast<std::int64_t>(limit));
  while (found.step()) {
    messages.push_back(store::message_of(found));
  }
  return messages;
}

int revive_messages(const std::filesystem::path& file) {
  store::Database database(file, store::Access::ReadWrite);
  store::Transaction transaction(database);
  const auto dead = database.integer_of("SELECT count(*) FROM messages WHERE fate = 'dead'");
  database.execute("UPDATE messages SET fate = 'waiting', why = '' WHERE fate = 'dead'");
  transaction.commit();
  return static_cast<int>(dead);
}

}  // namespace fat

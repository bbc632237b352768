// Messages -> rows, and back.
#include "store/message_table.hpp"

#include <nlohmann/json.hpp>

namespace fat::store {

namespace {

/// Names of files are bytes of strangers.
std::string text_of(const std::vector<std::string>& files) {
  return files.empty()
             ? ""
             : nlohmann::json(files).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> files_of(std::string_view text) {
  std::vector<std::string> files;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_array()) {
    for (const auto& file : json) {
      if (file.is_string()) {
        files.push_back(file.get<std::string>());
      }
    }
  }
  return files;
}

}  // namespace

MessageTable::MessageTable(Database& database)
    : insert_(database.handle(),
              "INSERT INTO messages (channel, event, run, wall_us, urgency, text, fault, files, "
              "calls, about) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)") {}

void MessageTable::insert(const Message& message, std::int64_t event) {
  insert_.bind(1, message.channel)
      .bind(2, event)
      .bind(3, std::int64_t{message.run})
      .bind(4, std::int64_t{message.at.time_since_epoch().count()})
      .bind(5, to_string(message.urgency))
      .bind(6, message.text)
      .bind(7, message.fault)
      .bind(8, text_of(message.files))
      .bind(9, message.calls)
      .bind(10, message.about)
      .run();
}

// A word that is none of ours was not written by us: the message is told all the same.
StoredMessage message_of(const Statement& row) {
  return {.id = row.integer(0),
          .message = {.channel = std::string{row.text(1)},
                      .run = static_cast<int>(row.integer(2)),
                      .at = WallTime{Microseconds{row.integer(3)}},
                      .urgency = parse_urgency(row.text(4)).value_or(Urgency::Warning),
                      .text = std::string{row.text(5)},
                      .fault = std::string{row.text(6)},
                      .files = files_of(row.text(10)),
                      .calls = std::string{row.text(11)},
                      .about = std::string{row.text(12)}},
          .post = row.integer(7),
          .fate = parse_message_fate(row.text(8)).value_or(MessageFate::Waiting),
          .why = std::string{row.text(9)}};
}

}  // namespace fat::store

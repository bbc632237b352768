// What people are told on a channel (chat, mail), as it is stored beside the event that causes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// How much a line wants to be seen. Warning: look at it today. Critical: look at it now.
enum class Urgency { Info, Warning, Critical };

std::string_view to_string(Urgency urgency);
std::optional<Urgency> parse_urgency(std::string_view text);

/// One message for one channel.
struct Message {
  std::string channel;  ///< "slack", or "slack/anna": sink, or sink and person
  int run = 0;
  WallTime at;  ///< of the event
  Urgency urgency = Urgency::Info;
  std::string text;   ///< one line or several, printable but for line ends
  std::string fault;  ///< what is the same when it comes again soon; empty: told each time
  std::vector<std::string> files;  ///< shown with it where that can be: absolute paths
  std::string calls;      ///< who is to look at it, as the channel calls them: "<@U012> <@U034>"
  std::string about;      ///< the alert it opens (Alert::id); empty: none
  std::size_t event = 0;  ///< place of the event that causes it among those appended with it
};

/// What became of a stored message. Repeated: the same fault had just been told; it was counted.
enum class MessageFate { Waiting, Delivered, Repeated, Dead };

std::string_view to_string(MessageFate fate);
std::optional<MessageFate> parse_message_fate(std::string_view text);

/// A message in the journal.
struct StoredMessage {
  std::int64_t id =
      0;  ///< grows over the whole station; messages of one channel go out in its order
  Message message;
  std::int64_t post = 0;  ///< first message of the post it was tried in; 0: not tried yet
  MessageFate fate = MessageFate::Waiting;
  std::string why;  ///< of a dead one
};

}  // namespace fat

// Enumerators of messages <-> words.
#include "fat/model/message.hpp"

#include "model/words.hpp"

namespace fat {

std::string_view to_string(Urgency urgency) {
  switch (urgency) {
    case Urgency::Info:
      return "info";
    case Urgency::Warning:
      return "warning";
    case Urgency::Critical:
      return "critical";
  }
  return kNoSuchWord;
}

std::optional<Urgency> parse_urgency(std::string_view text) {
  return parse_word(text, Urgency::Critical);
}

std::string_view to_string(MessageFate fate) {
  switch (fate) {
    case MessageFate::Waiting:
      return "waiting";
    case MessageFate::Delivered:
      return "delivered";
    case MessageFate::Repeated:
      return "repeated";
    case MessageFate::Dead:
      return "dead";
  }
  return kNoSuchWord;
}

std::optional<MessageFate> parse_message_fate(std::string_view text) {
  return parse_word(text, MessageFate::Dead);
}

}  // namespace fat

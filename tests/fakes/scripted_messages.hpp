// Each event -> one message that names its kind.
#pragma once

#include <string>
#include <vector>

#include "fat/ports/message_source.hpp"

namespace fat {

class ScriptedMessages : public MessageSource {
 public:
  std::vector<Message> messages(const Event& event, const Campaign& /*campaign*/) const override {
    return {{.channel = "chat", .run = event.run, .text = std::string{kind_of(event.body)}}};
  }
};

}  // namespace fat

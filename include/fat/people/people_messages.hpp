// Events -> what people are told of them on chat and by mail, one message per channel.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fat/people/announcement.hpp"
#include "fat/ports/message_source.hpp"

namespace fat {

/// Where a message goes, and from which urgency on.
struct MessageRoute {
  std::string channel;  ///< "slack", "mail/anna"
  Urgency level = Urgency::Info;
  bool logbook = false;  ///< entries for a remote logbook instead of lines for a chat
  bool is_read = false;  ///< answers are read in the run's thread there
  std::string person;    ///< of a channel to one person: told only what calls that person
  std::map<std::string, std::string> mentions;  ///< person -> what calls that person there
};

/// The words are those of `announce`, with what chat needs besides: a banner at the start, how each
/// module fared at the end, and no line for what went as it should.
class PeopleMessages : public MessageSource {
 public:
  /// Messages of a virtual run say VIRTUAL, each of them.
  PeopleMessages(std::string station, std::vector<MessageRoute> routes, bool virtual_run)
      : station_(std::move(station)), routes_(std::move(routes)), virtual_run_(virtual_run) {}

  std::vector<Message> messages(const Event& event, const Campaign& campaign) const override;

 private:
  void add_told(std::vector<Message>& all,
                const Event& event,
                const Campaign& campaign,
                const Announcement& line,
                const std::vector<std::string>& files) const;
  void add_entries(std::vector<Message>& all,
                   const MessageRoute& route,
                   const Event& event,
                   const Campaign& campaign) const;

  std::string station_;
  std::vector<MessageRoute> routes_;
  bool virtual_run_;
};

}  // namespace fat

// A station's sinks -> the couriers that take messages out while a run lives.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cli/alarm_posts.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/model/station.hpp"
#include "fat/people/courier.hpp"
#include "fat/people/people_messages.hpp"
#include "fat/people/remote_logbook.hpp"
#include "fat/ports/observer.hpp"

namespace fat {

/// Where each message goes. Empty when station.ini names no sink: then nothing is stored either.
std::vector<MessageRoute> routes_of(const Station& station);

inline constexpr std::chrono::seconds kUsualPatience{30};

/// The sink of that channel. One delivery takes no longer than `patience`.
std::unique_ptr<Sink> sink_of(const Station& station,
                              const SinkEntry& entry,
                              std::chrono::seconds patience = kUsualPatience);

/// Where messages go: a sink's own channel, and, where it can be, each person directly; of mail
/// each receiver.
struct MessageChannel {
  std::string name;  ///< "slack", "slack/anna", "mail/anna"
  Urgency level = Urgency::Info;
  std::string person;  ///< whose channel it is; empty: everybody reads it
  SinkEntry entry;     ///< of a person: posting to that person; of mail: with one address
};

std::vector<MessageChannel> channels_of(const Station& station);

/// Of the entries for the remote logbook. No sink can be named so.
inline constexpr const char* kLogbookChannel = "[logbook]";

/// What its sink has to know of the station.
LogbookOptions logbook_options(const Station& station);

/// One courier for each channel. They begin with what waits from before. Costs nothing while
/// nothing is due.
class MessageDelivery : public Observer {
 public:
  /// `head` says whose alarms it tells: "chiba, run 12". REQUIRES: the journal has been opened for
  /// writing, and the station is ours.
  MessageDelivery(const Station& station, const Clock& clock, const std::string& head);

  /// Tells the couriers that there is something to do.
  void happened(const std::vector<Event>& events,
                const Campaign& campaign,
                const Instant& now) override;

  /// Told directly: the journal may be what is wrong.
  void alarm(const std::string& text, const Instant& now) override;

  /// As the couriers' alarms. Any thread.
  void say(const std::string& alarm);

  /// What the couriers have to say to the people at this terminal since the last call.
  std::vector<std::string> alarms();

  /// Readable when there is something of that kind.
  int alarm_descriptor() const { return alarm_read_.get(); }

  /// Gives them that long together. What is left stays stored. Returns a sentence about it, empty
  /// when all is delivered.
  std::string finish(std::chrono::seconds patience);

 private:
  void add_courier(const std::string& channel,
                   std::unique_ptr<Sink> sink,
                   const DeliveryRules& rules,
                   const Clock& clock);

  std::filesystem::path journal_;
  AlarmPosts direct_;
  OwnedFd alarm_read_, alarm_write_;
  std::mutex mutex_;
  std::vector<std::string> alarms_;  // guarded by mutex_
  std::vector<std::unique_ptr<Courier>> couriers_;
};

}  // namespace fat

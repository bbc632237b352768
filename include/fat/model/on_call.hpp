// Who is told that something needs a person, and what people have heard of it so far.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// Who is told at once, and who is called one after another while nobody says that he has seen it.
/// Names of persons.
struct OnCall {
  std::string shifter;                ///< who acts at the station; empty: nobody is named
  std::string expert;                 ///< told of warnings too
  std::optional<WallTime> since;      ///< when the shifter took over; none: station.ini names him
  std::vector<std::string> escalate;  ///< in this order
  Microseconds escalate_after = std::chrono::minutes{15};  ///< between one and the next

  bool operator==(const OnCall&) const = default;
};

/// A question, or a critical message: a person has to see it. It is closed by an answer, by
/// `fatmaster ack` (a message) or by the end of the run.
struct Alert {
  std::string id;  ///< "3": question 3; "c1": the first critical message of the run
  int prompt = 0;  ///< 0: a critical message
  std::string text;
  WallTime at;
  std::string acknowledged;           ///< by whom; empty: by nobody yet
  std::vector<std::string> called;    ///< persons who were told of it, in this order
  std::vector<std::string> escalate;  ///< instead of OnCall's; empty: OnCall's
  std::optional<Microseconds> remind_every;
  Microseconds since{0}, last_call{0}, last_reminder{0};  ///< time of the run
};

/// All of it. What RunState knows, for whoever writes to people.
struct CallBook {
  OnCall on_call;
  std::vector<Alert> alerts;                      ///< open, oldest first
  int critical_messages = 0;                      ///< of the run so far
  std::map<std::string, std::string> read_up_to;  ///< channel -> ts of the newest reply acted on
};

/// Shifter and expert; each once.
std::vector<std::string> first_called(const OnCall& on_call);

/// Who is called next for an alert that nobody acknowledges; nullopt when everybody was.
std::optional<std::string> next_called(const CallBook& book, const Alert& alert);

/// nullptr when it is not open.
const Alert* find_alert(const CallBook& book, const std::string& id);

/// Of two times of a chat: whether the first is later. False when it is none.
bool is_later_reply(const std::string& ts, const std::string& than);

/// Somebody acts at the station from here on.
struct ShiftTaken {
  std::string person;
  std::string before;  ///< who acted until now; empty: nobody was named
  bool handed_over = false;
  std::vector<std::string> report;  ///< lines: what happened since the last hand-over
};

/// A person has seen these and looks after them: nobody else is called.
struct Acknowledged {
  std::vector<std::string> alerts;
};

/// Nobody has acknowledged these in time: the next person is told.
struct PersonCalled {
  std::string person;
  std::vector<std::string> alerts;
};

/// A question still waits.
struct PromptReminded {
  int id = 0;
};

/// A person wrote this in the run's thread; what it asked for follows, unless it was not taken.
/// Never acted on twice.
struct ReplyRead {
  std::string channel;  ///< name of the sink
  std::string ts;       ///< the channel's own time of the message: "1503435956.000247"
  bool taken = false;
  std::string text;  ///< what it is answered
};

}  // namespace fat

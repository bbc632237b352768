// One event -> the lines a shifter reads about it, in the log and on the terminal.
#pragma once

#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/message.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

struct Announcement {
  Urgency urgency = Urgency::Info;
  std::string text;   ///< one line, printable()
  std::string fault;  ///< of what may come again and again: what is the same each time; else empty

  bool operator==(const Announcement&) const = default;
};

/// What people are told about `event`, which `campaign` has already applied. Empty for what nobody
/// needs to read (progress). Asks `campaign` for its summary, O(number of steps), only on starts,
/// errors and the end.
std::vector<Announcement> announce(const Event& event, const Campaign& campaign);

/// The line as it stands in the log: local time, urgency when it is not Info, VIRTUAL for a virtual
/// station, text.
std::string log_line(const Announcement& announcement, WallTime when, bool virtual_station);

}  // namespace fat

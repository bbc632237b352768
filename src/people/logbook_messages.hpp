// One event -> what a remote logbook is to hold of it.
#pragma once

#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/message.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

/// Texts of messages (logbook_post): the start of a run with its form and checks, its end with the
/// summary, what people wrote, and what is at least as urgent as `level`.
std::vector<std::string> logbook_messages(const Event& event,
                                          const Campaign& campaign,
                                          const std::string& station,
                                          Urgency level);

}  // namespace fat

// Events that are about to be stored -> the same, every attempt with the code it will run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fat/ports/campaign.hpp"
#include "fat/ports/code_watch.hpp"

namespace fat {

/// Names the code of every AttemptStarted of a process; what is news comes before it. With
/// `strict_code`, changed code behind a step of the schedule pauses the run in place of the start
/// (--batch: stops it): who goes on has been told. `alarm` is told what could not be found out.
/// Without `code` they stay as they are.
std::vector<EventBody> with_code(std::vector<EventBody> events,
                                 const Campaign& campaign,
                                 CodeWatch* code,
                                 const std::function<void(const std::string&)>& alarm);

}  // namespace fat

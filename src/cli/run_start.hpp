// What `run` or `resume` was asked for, and the journal -> everything that is known before the loop
// starts, or a refusal.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_request.hpp"
#include "cli/step_code.hpp"
#include "fat/engine/run_campaign.hpp"
#include "fat/model/station.hpp"
#include "fat/plan/schedule_loader.hpp"
#include "fat/store/sqlite_journal.hpp"

namespace fat {

struct RunStart {
  StartMode mode = StartMode::Run;  ///< Restart: after the death of an engine
  StepCode code;
  std::unique_ptr<RunCampaign> campaign;  ///< up to the last stored event
  std::vector<EventBody> opening;         ///< what this start adds
  std::optional<PlanRecord> record;       ///< a plan version to be stored with it
};

/// What can be refused before anything is written. It is all looked at again when the station is
/// owned. Throws CommandError.
void refuse_bad_request(const RunRequest& request, const StationFile& file);

/// The schedule of a run as it is now.
struct ReadSchedule {
  LoadedPlan loaded;
  std::string fingerprint;  ///< of its plan
};

/// Of a long run that is resumed: read by a thread of its own while the journal is checked and the
/// run put together from it.
struct ScheduleAhead {
  int run = 0;
  std::future<ReadSchedule> schedule;
};

/// REQUIRES: the request was not refused. Nothing when it is not worth it.
std::optional<ScheduleAhead> read_ahead(const RunRequest& request, const StationFile& file);

/// REQUIRES: the station is ours. Writes nothing but the archived schedule. Throws CommandError.
RunStart begin(const Invocation& invocation,
               const RunRequest& request,
               const StationFile& file,
               const SqliteJournal& journal,
               std::optional<ScheduleAhead> ahead);

}  // namespace fat

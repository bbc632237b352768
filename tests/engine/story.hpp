// A seed -> what shall happen to a run: a plan and one happening after another, as data that can be
// played again, shortened and simplified.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/choices.hpp"
#include "fat/model/plan.hpp"

namespace fat {

enum class Kind {
  ProcessEnds,
  ProcessReports,
  ProcessAsks,
  ProcessesObey,  ///< what is asked to end does
  TimePasses,
  PersonSpeaks,
  PersonAnswers,
  ClockIsStepped,
  SchedulerDies,
  JournalRefuses,
  JournalWorks,
  CodeChanges,  ///< behind the steps; it is seen when the next one is to start
};

/// What of its kind happens is chosen from the numbers and what the run is like at that moment. It
/// is nothing when it does not fit then.
struct Happening {
  Kind kind = Kind::TimePasses;
  std::vector<std::uint32_t> numbers;
};

struct Story {
  Plan plan;
  bool batch = false;
  bool spring = false;    ///< the night in which summer time begins, else in which it ends
  bool imported = false;  ///< the original master script had done the first step
  std::vector<Happening> happenings;
};

Story random_story(std::uint64_t seed);

}  // namespace fat

// A plan and a station -> the bench is there and its modules answer, before anything starts.
#pragma once

#include <set>
#include <string>

#include "fat/model/plan.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

struct BenchCheck {
  bool virtual_station =
      false;          ///< the virtual station is the bench; it is started when it does not live
  bool probe = true;  ///< ask every module
  std::set<std::string> quarantined;  ///< but these
};

/// Nothing to check when no step needs the bench. Throws CommandError: without station.ini and
/// without --virtual (nobody measures a simulation by accident), when a virtual run names other
/// ports than the virtual station's, and naming every module that does not answer with what to try.
void check_bench(const Plan& plan,
                 const Station& station,
                 const BenchCheck& check,
                 const Clock& clock);

}  // namespace fat

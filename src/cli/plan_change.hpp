// Edits that somebody wants of a run's plan -> what is wrong with them, what they would change, the
// verb that takes the last ones back. What the command line and the control API share.
#pragma once

#include <string>
#include <vector>

#include "cli/edit_reader.hpp"
#include "cli/station_context.hpp"
#include "fat/model/verb.hpp"

namespace fat {

/// What the packages of new Python steps are held against.
struct ImportCheck {
  bool left_out = false;     ///< they are not imported
  bool as_original = false;  ///< options go by position
};

/// What is wrong with the words; when nothing is, what importing the packages of inserted and
/// changed Python steps shows. An import may take a minute.
std::vector<Problem> problems_of_edits(const EditReader& reader,
                                       const Plan& plan,
                                       const Station& station,
                                       const ImportCheck& imports);

/// A verb of kind Edit and the plan as it would leave it.
struct PlanChange {
  Verb verb;
  Plan after;
};

/// `verb` so that it takes back the newest edit that still stands. Throws CommandError when there
/// is none since the schedule was read last.
PlanChange take_back_newest(Verb verb, const KnownRun& run, const Journal& journal);

/// Line by line: "changed  [4] gain: timeout: 90 min -> 2 h".
std::vector<std::string> differences(const Plan& before, const Plan& after);

/// What the run would say to the verb; nothing is asked of it.
VerbReply try_out(const KnownRun& run, Verb verb, const Instant& now);

}  // namespace fat

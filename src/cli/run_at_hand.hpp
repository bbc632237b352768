// An invocation with an optional RUN operand -> the station, its journal, and that run as the
// journal knows it.
#pragma once

#include <memory>
#include <string>

#include "cli/command.hpp"
#include "cli/station_context.hpp"

namespace fat {

/// What the commands that only look work on.
struct RunAtHand {
  Station station;
  std::unique_ptr<SqliteJournal> journal;  ///< read only
  KnownRun known;
  bool newest = true;  ///< no other run was started after it
  bool driven =
      false;  ///< a process owned the station and worked on this run just before it was read

  const Plan& plan() const { return known.campaign->plan(); }
};

/// The run that the operand RUN names, or the newest. Throws CommandError in words.
RunAtHand open_run(const Invocation& invocation);
/// The run that `text` names.
RunAtHand open_run(const Invocation& invocation, const std::string& text);

/// Empty while a scheduler works on the run or when the run has ended; else that nobody drives it,
/// when it was last seen, and what to type.
std::string nobody_drives_it(const RunAtHand& run);

/// A step of a plan and where it stands.
struct StepPlace {
  StepList list = StepList::Main;
  std::size_t index = 0;
  const Step* step = nullptr;  ///< into the plan
};

/// The step that a person calls `text`: its title, or "[3]" or "3" of the sequence. Throws
/// UsageError with a suggestion when there is none.
StepPlace step_named(const Plan& plan, const std::string& text);

/// The operand RUN, for the commands' lists of options.
OptionInfo run_operand();

}  // namespace fat

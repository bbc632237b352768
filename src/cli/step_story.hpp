// A run's events -> all that is known of one step, attempt by attempt.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/ports/journal.hpp"

namespace fat {

/// The code an attempt ran.
struct CodeStory {
  CodeUnit unit;
  std::vector<CodeFile> files;
  std::vector<CodeRepository> repositories;  ///< that its files lie in
  bool changed = false;                      ///< since the attempt before
};

struct AttemptStory {
  AttemptStarted start;
  WallTime started;
  bool adopted = false;
  AttemptReported said;  ///< everything it reported, in one
  std::optional<AttemptEnded> end;
  WallTime ended;                 ///< of `end`: when it became known
  std::optional<CodeStory> code;  ///< absent: a built-in task, or nobody could tell
};

/// Something a person did to the step.
struct StepDecision {
  WallTime at;
  std::string who, text;
};

struct StepStory {
  std::vector<AttemptStory> attempts;  ///< in order of their start
  std::vector<StepDecision> decisions;
};

/// Of Backup every attempt of the run belongs to the one backup step.
StepStory story_of(const std::vector<StoredEvent>& events, StepList list, const std::string& title);

}  // namespace fat

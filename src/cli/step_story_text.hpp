// A step's story -> what `fatmaster show` prints.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/run_at_hand.hpp"
#include "cli/step_story.hpp"

namespace fat {

struct StepHeading {
  StepPlace place;
  std::string state;  ///< "done", "pending", ...; empty when nobody keeps one (safe state)
  std::filesystem::path run_folder;
  std::string environment;  ///< why its results are not valid; empty when they are
};

/// For people, about 80 columns.
std::string step_story_text(const StepHeading& heading, const StepStory& story);

/// For programs: {"step": {...}, "attempts": [...], "decisions": [...]}; fields are added, never
/// renamed. Times are UTC, durations seconds.
std::string step_story_json(const StepHeading& heading, const StepStory& story);

/// One of its measurements: {"module", "channel", "name", "value", "unit", limits and verdict where
/// there are any}.
nlohmann::ordered_json measurement_as_json(const Measurement& measurement);

}  // namespace fat

// One change of a running plan, as it is asked for, stored and done again on a changed schedule.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/plan.hpp"

namespace fat {

enum class EditKind { Insert, Move, Drop, Replace };

std::string_view to_string(EditKind kind);
std::optional<EditKind> parse_edit_kind(std::string_view text);

/// Of the steps of the sequence; the safe state and [on_resume] are not edited.
struct PlanEdit {
  EditKind kind = EditKind::Insert;
  std::string title;   ///< of the step
  std::string behind;  ///< Insert, Move: the step it comes right behind; empty: the very first
  std::optional<Step> step;  ///< Insert, Replace: what it is from now on
  std::string was;           ///< Replace: fingerprint of what it was

  static PlanEdit insert(Step step, std::string behind);
  static PlanEdit move(std::string title, std::string behind);
  static PlanEdit drop(std::string title);
  static PlanEdit replace(const Step& before, Step after);
};

/// "inserted 'settle' behind 'gain_0'".
std::string in_words(const PlanEdit& edit);

/// The form in which a client sends edits: a JSON list of what stands in the journal.
std::string to_json_text(const std::vector<PlanEdit>& edits);
/// Throws std::invalid_argument when the text is no such list.
std::vector<PlanEdit> plan_edits_from_json_text(std::string_view text);

}  // namespace fat

// Edits of a plan <-> words.
#include "fat/model/plan_edit.hpp"

#include <utility>

#include <fmt/format.h>

#include "model/words.hpp"

namespace fat {

std::string_view to_string(EditKind kind) {
  switch (kind) {
    case EditKind::Insert:
      return "insert";
    case EditKind::Move:
      return "move";
    case EditKind::Drop:
      return "drop";
    case EditKind::Replace:
      return "replace";
  }
  return kNoSuchWord;
}

std::optional<EditKind> parse_edit_kind(std::string_view text) {
  return parse_word(text, EditKind::Replace);
}

PlanEdit PlanEdit::insert(Step step, std::string behind) {
  auto title = step.title;
  return {.kind = EditKind::Insert,
          .title = std::move(title),
          .behind = std::move(behind),
          .step = std::move(step),
          .was = {}};
}

PlanEdit PlanEdit::move(std::string title, std::string behind) {
  return {.kind = EditKind::Move,
          .title = std::move(title),
          .behind = std::move(behind),
          .step = std::nullopt,
          .was = {}};
}

PlanEdit PlanEdit::drop(std::string title) {
  return {.kind = EditKind::Drop,
          .title = std::move(title),
          .behind = {},
          .step = std::nullopt,
          .was = {}};
}

PlanEdit PlanEdit::replace(const Step& before, Step after) {
  return {.kind = EditKind::Replace,
          .title = before.title,
          .behind = {},
          .step = std::move(after),
          .was = fingerprint(before)};
}

std::string in_words(const PlanEdit& edit) {
  const auto place =
      edit.behind.empty() ? std::string{"to the front"} : fmt::format("behind '{}'", edit.behind);
  switch (edit.kind) {
    case EditKind::Insert:
      return fmt::format("inserted '{}' {}", edit.title, place);
    case EditKind::Move:
      return fmt::format("moved '{}' {}", edit.title, place);
    case EditKind::Drop:
      return fmt::format("dropped '{}'", edit.title);
    case EditKind::Replace:
      return fmt::format("changed '{}'", edit.title);
  }
  return {};
}

}  // namespace fat

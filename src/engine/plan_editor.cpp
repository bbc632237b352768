#include "fat/engine/plan_editor.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace fat {

namespace {

using Place = std::vector<Step>::difference_type;

/// Title of the step before that one; empty for the first.
std::string behind_which(const std::vector<Step>& steps, std::size_t index) {
  return index == 0 ? std::string{} : steps[index - 1].title;
}

/// Where a step right behind `title` stands; nullopt when there is no such step.
std::optional<Place> place_behind(const std::vector<Step>& steps, const std::string& title) {
  if (title.empty()) {
    return 0;
  }
  const auto found = find_step(steps, title);
  return found ? std::optional{static_cast<Place>(*found) + 1} : std::nullopt;
}

std::string no_step(const std::string& title) {
  return fmt::format("there is no step '{}'", title);
}

PlanEdit inverse(const Plan& before, const PlanEdit& edit) {
  if (edit.kind == EditKind::Insert) {
    return PlanEdit::drop(edit.title);
  }
  const auto index = find_step(before.steps, edit.title);
  if (!index) {
    throw std::logic_error{"an edit does not fit its own plan: " + no_step(edit.title)};
  }
  const auto& step = before.steps[*index];
  if (edit.kind == EditKind::Move) {
    return PlanEdit::move(edit.title, behind_which(before.steps, *index));
  }
  if (edit.kind == EditKind::Drop || !edit.step) {
    return PlanEdit::insert(step, behind_which(before.steps, *index));
  }
  return PlanEdit::replace(*edit.step, step);
}

}  // namespace

std::string PlanEditor::apply(const PlanEdit& edit) {
  switch (edit.kind) {
    case EditKind::Insert:
      return insert(edit);
    case EditKind::Move:
      return move(edit);
    case EditKind::Drop:
      return drop(edit);
    case EditKind::Replace:
      return replace(edit);
  }
  return "unknown edit";
}

std::string PlanEditor::insert(const PlanEdit& edit) {
  auto& steps = plan_.steps;
  const auto place = place_behind(steps, edit.behind);
  const bool taken = find_step(steps, edit.title) || find_step(plan_.safe_state, edit.title) ||
                     find_step(plan_.on_resume, edit.title) ||
                     (plan_.backup && plan_.backup->title == edit.title);
  if (!edit.step || edit.step->title != edit.title) {
    return "it does not say what the step is";
  }
  if (taken) {
    return "the plan has a step of that title already; give it another with --title";
  }
  if (!place) {
    return no_step(edit.behind);
  }
  steps.insert(steps.begin() + *place, *edit.step);
  return {};
}

std::string PlanEditor::move(const PlanEdit& edit) {
  auto& steps = plan_.steps;
  const auto from = find_step(steps, edit.title);
  if (!from) {
    return no_step(edit.title);
  }
  if (edit.title == edit.behind) {
    return "a step cannot come behind itself";
  }
  const auto place = place_behind(steps, edit.behind);
  if (!place) {
    return no_step(edit.behind);
  }
  const auto first = steps.begin();
  const auto at = static_cast<Place>(*from);
  if (*place > at) {
    std::rotate(first + at, first + at + 1, first + *place);
  } else {
    std::rotate(first + *place, first + at, first + at + 1);
  }
  return {};
}

std::string PlanEditor::drop(const PlanEdit& edit) {
  const auto found = find_step(plan_.steps, edit.title);
  if (!found) {
    return no_step(edit.title);
  }
  plan_.steps.erase(plan_.steps.begin() + static_cast<Place>(*found));
  return {};
}

std::string PlanEditor::replace(const PlanEdit& edit) {
  const auto found = find_step(plan_.steps, edit.title);
  if (!found) {
    return no_step(edit.title);
  }
  auto& step = plan_.steps[*found];
  if (!edit.step || edit.step->title != edit.title) {
    return "it does not say what the step is";
  }
  if (fingerprint(step) != edit.was) {
    return "it says something else by now";
  }
  step = *edit.step;
  return {};
}

bool is_made(const PlanEdit& edit, const Plan& plan) {
  const auto index = find_step(plan.steps, edit.title);
  if (!index) {
    return edit.kind == EditKind::Drop;
  }
  switch (edit.kind) {
    case EditKind::Drop:
      return false;
    case EditKind::Move:
      return behind_which(plan.steps, *index) == edit.behind;
    case EditKind::Insert:
    case EditKind::Replace:
      break;
  }
  return edit.step && fingerprint(*edit.step) == fingerprint(plan.steps[*index]);
}

Replayed replay(Plan plan, const std::vector<PlanEdit>& edits) {
  PlanEditor editor{std::move(plan)};
  Replayed result;
  for (const auto& edit : edits) {
    if (is_made(edit, editor.plan())) {
      continue;
    }
    if (const auto why = editor.apply(edit); why.empty()) {
      result.kept.push_back(edit);
    } else {
      result.lost.push_back(fmt::format("{}: {}", in_words(edit), why));
    }
  }
  result.plan = editor.take();
  return result;
}

std::vector<PlanEdit> inverse(Plan before, const std::vector<PlanEdit>& edits) {
  PlanEditor editor{std::move(before)};
  std::vector<PlanEdit> result;
  for (const auto& edit : edits) {
    auto back = inverse(editor.plan(), edit);
    if (const auto why = editor.apply(edit); !why.empty()) {
      throw std::logic_error{fmt::format("an edit does not fit its own plan: {}", why)};
    }
    result.push_back(std::move(back));
  }
  std::ranges::reverse(result);
  return result;
}

}  // namespace fat

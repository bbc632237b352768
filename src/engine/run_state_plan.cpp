// Which plan is in force: the order of its steps, where --from and --until stand, who comes next.
#include "fat/engine/run_state.hpp"

namespace fat {

void RunState::follow(const Plan& plan) {
  main_index_.clear();
  main_.clear();
  wants_backup_.clear();
  turns_ = Turns{};
  main_.reserve(plan.steps.size());
  for (const auto& step : plan.steps) {
    main_index_.emplace(step.title, main_.size());
    main_.push_back(&step_for(StepList::Main, step.title));
    wants_backup_.push_back(step.run_backup);
    turns_.add(step.background);
  }
  find_limits();
  move_cursors();
}

/// Where --from and --until stand; every step is looked at again.
void RunState::find_limits() {
  const auto from = main_index_.find(scheduler.from);
  const auto until = main_index_.find(scheduler.until);
  from_ = from == main_index_.end() ? 0 : from->second;
  until_ = until == main_index_.end() ? main_.size() : until->second;
  turns_.start_at(0);
}

bool RunState::is_jumped_over(const std::string& title) const {
  const auto found = main_index_.find(title);
  return found != main_index_.end() && is_jumped_over(found->second);
}

void RunState::on(const PlanAdopted& body, const Event&) {
  plan_version = body.version;
  plan_fingerprint = body.fingerprint;
  file_fingerprint = body.file_fingerprint.empty() ? body.fingerprint : body.file_fingerprint;
  edits = body.edits;
  undoable.clear();
  for (const auto& title : body.redo) {
    if (const auto* known = step(title); known != nullptr && !known->open) {
      reopen(title);
    }
  }
  safe_next = 0;
  move_cursors();
}

/// What was put somewhere is wanted there, also where --from would jump over it. The lists of main
/// steps are those of the newest plan already, or follow() comes next.
void RunState::on(const PlanEdited& body, const Event&) {
  plan_version = body.version;
  plan_fingerprint = body.fingerprint;
  for (const auto& edit : body.edits) {
    if (edit.kind == EditKind::Insert || edit.kind == EditKind::Move) {
      step_for(StepList::Main, edit.title).wanted = true;
    }
  }
  if (body.undoes != 0 && !undoable.empty() && undoable.back().version == body.undoes) {
    edits.resize(edits.size() - undoable.back().count);
    undoable.pop_back();
  } else {
    edits.insert(edits.end(), body.edits.begin(), body.edits.end());
    undoable.push_back({.version = body.version, .count = body.edits.size()});
  }
  turns_.start_at(0);
  move_cursors();
}

bool RunState::has_ended(const std::string& title) const {
  const auto found = main_index_.find(title);
  return found == main_index_.end() || is_over(found->second);
}

bool RunState::is_over(std::size_t index) const {
  return main_[index]->outcome || is_jumped_over(index);
}

void RunState::move_cursors() {
  turns_.move([this](std::size_t index) { return is_over(index); });
  while (set_up_cursor_ < set_up_.size() && set_up_[set_up_cursor_]->outcome) {
    ++set_up_cursor_;
  }
}

}  // namespace fat

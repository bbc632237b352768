#include "engine/steering.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/verb_reply.hpp"
#include "fat/engine/plan_editor.hpp"
#include "fat/engine/verbs.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr Microseconds kUsualLock = std::chrono::hours{1};
constexpr Microseconds kLongestLock = std::chrono::hours{24};

bool has_control_character(const std::string& text) {
  return std::ranges::any_of(
      text, [](unsigned char letter) { return letter < 0x20U || letter == 0x7fU; });
}

/// Empty, or what has become of the step so far.
std::string has_begun(const RunState& state, const std::string& title) {
  const auto* known = state.step(StepList::Main, title);
  if (known == nullptr || known->is_untouched()) {
    return {};
  }
  if (known->open) {
    return fmt::format("step '{}' is running", title);
  }
  if (known->outcome) {
    return fmt::format("step '{}' is {} already", title, to_string(*known->outcome));
  }
  return fmt::format("step '{}' has been started before (attempts: {})", title, known->attempts);
}

/// The plan and its edits one after another; every reason why one is refused.
class EditRequest {
 public:
  EditRequest(const Plan& plan, const RunState& state, const Verb& verb)
      : plan_(plan), state_(state), verb_(verb), editor_(plan) {}

  VerbReply reply();

 private:
  std::string why_not(const PlanEdit& edit) const;
  std::string why_not_touch(const PlanEdit& edit) const;
  std::string why_not_there(const std::string& behind) const;
  std::string why_not_in_this_order() const;
  void take(const PlanEdit& edit);
  VerbReply made();

  const Plan& plan_;
  const RunState& state_;
  const Verb& verb_;
  PlanEditor editor_;
  std::vector<PlanEdit> edits_;        ///< made so far
  std::vector<std::string> problems_;  ///< why others cannot be made
};

std::string EditRequest::why_not_there(const std::string& behind) const {
  const auto& steps = editor_.plan().steps;
  const auto place = find_step(steps, behind);
  if (!behind.empty() && !place) {
    return fmt::format("there is no step '{}'", behind);
  }
  const auto first = first_ahead(editor_.plan(), state_);
  const auto index = place ? *place + 1 : 0;
  if (index >= first) {
    return {};
  }
  const auto what = has_begun(state_, steps[first - 1].title);
  return fmt::format("that place is behind the run already: {}; `front` is the next that can be",
                     what.empty() ? "the run begins later (--from)" : what);
}

std::string EditRequest::why_not_touch(const PlanEdit& edit) const {
  if (!find_step(editor_.plan().steps, edit.title)) {
    return fmt::format("the sequence has no step '{}'", edit.title);
  }
  if (auto begun = has_begun(state_, edit.title); !begun.empty()) {
    return edit.kind == EditKind::Replace
               ? begun + "; `fatmaster insert --like STEP` puts a changed copy of it ahead"
               : begun;
  }
  const auto& scheduler = state_.scheduler;
  if (edit.kind != EditKind::Replace && edit.title == scheduler.from) {
    return fmt::format("the run begins with step '{}' (--from)", edit.title);
  }
  if (edit.kind == EditKind::Drop && edit.title == scheduler.until) {
    return fmt::format("the run stops behind step '{}' (--until)", edit.title);
  }
  return {};
}

std::string EditRequest::why_not(const PlanEdit& edit) const {
  const bool places = edit.kind == EditKind::Insert || edit.kind == EditKind::Move;
  if (edit.title.empty() || has_control_character(edit.title)) {
    return "a step needs a title without control characters";
  }
  auto why = edit.kind == EditKind::Insert ? has_begun(state_, edit.title) : why_not_touch(edit);
  return why.empty() && places ? why_not_there(edit.behind) : why;
}

/// What `after` names has to come earlier still.
std::string EditRequest::why_not_in_this_order() const {
  const auto& steps = editor_.plan().steps;
  for (std::size_t index = 0; index < steps.size(); ++index) {
    for (const auto& name : steps[index].after) {
      const auto place = find_step(steps, name);
      const bool gone = !place && find_step(plan_.steps, name);
      if (gone || (place && *place > index)) {
        return fmt::format("step '{}' has to come after '{}'", steps[index].title, name);
      }
    }
  }
  return {};
}

/// Makes the edit, or remembers why it cannot be made.
void EditRequest::take(const PlanEdit& edit) {
  if (is_made(edit, editor_.plan())) {
    return;
  }
  auto why = why_not(edit);
  if (why.empty()) {
    why = editor_.apply(edit);
  }
  if (why.empty()) {
    edits_.push_back(edit);
    return;
  }
  problems_.push_back(fmt::format("{} '{}': {}", to_string(edit.kind), edit.title, why));
}

VerbReply EditRequest::reply() {
  if (verb_.edits.empty()) {
    return refuse("no edit is given");
  }
  if (verb_.undoes != 0 &&
      (state_.undoable.empty() || state_.undoable.back().version != verb_.undoes)) {
    return refuse("the plan has changed meanwhile; nothing was taken back");
  }
  for (const auto& edit : verb_.edits) {
    take(edit);
  }
  if (auto why = why_not_in_this_order(); problems_.empty() && !why.empty()) {
    problems_.push_back(std::move(why));
  }
  if (!problems_.empty()) {
    return refuse(fmt::format("{}{}; nothing was changed (the run is {})",
                              verb_.edits.size() > 1 ? "\n  " : "",
                              fmt::join(problems_, "\n  "),
                              to_string(state_.status())));
  }
  return edits_.empty() ? accept("the plan says so already") : made();
}

VerbReply EditRequest::made() {
  const int version = state_.plan_version + 1;
  const auto text = edits_.size() == 1 ? in_words(edits_.front())
                                       : fmt::format("{} edits are made together", edits_.size());
  return accept(fmt::format("{}: version {} of the plan", text, version),
                {PlanEdited{.version = version,
                            .fingerprint = fingerprint(editor_.plan()),
                            .edits = std::move(edits_),
                            .reason = verb_.reason,
                            .undoes = verb_.undoes}});
}

std::string held_by(const ControlLock& lock, const RunState& state, const Instant& now) {
  return fmt::format("{} holds the control until {}{}",
                     lock.who,
                     to_local_text(now.wall + state.lock_left(now)),
                     lock.said.note.empty() ? "" : ": " + lock.said.note);
}

/// nullptr: nobody else holds it.
const ControlLock* held_by_other(const RunState& state, const Verb& verb, const Instant& now) {
  const auto* lock = state.held_lock(now);
  return lock == nullptr || person_of(lock->who) == person_of(verb.who) ? nullptr : lock;
}

}  // namespace

std::size_t first_ahead(const Plan& plan, const RunState& state) {
  const auto ahead = [&](const Step& step) {
    return has_begun(state, step.title).empty() && !state.is_jumped_over(step.title);
  };
  return static_cast<std::size_t>(std::ranges::find_if(plan.steps, ahead) - plan.steps.begin());
}

VerbReply request_edit(const Plan& plan, const RunState& state, const Verb& verb) {
  return EditRequest{plan, state, verb}.reply();
}

VerbReply request_lock(const RunState& state, const Verb& verb, const Instant& now) {
  ControlLocked locked{.note = verb.value,
                       .length = verb.length == Microseconds{0} ? kUsualLock : verb.length,
                       .taken_from = {},
                       .reason = verb.reason};
  if (locked.length < Microseconds{0} || locked.length > kLongestLock) {
    return refuse("a lock holds for at most 24 h; say it again when that is over");
  }
  if (const auto* other = held_by_other(state, verb, now); other != nullptr) {
    if (!verb.take_over) {
      return refuse(held_by(*other, state, now) +
                    "; `fatmaster lock --take-over --reason TEXT` takes it over");
    }
    if (verb.reason.empty()) {
      return refuse("taking over needs a reason: add --reason TEXT");
    }
    locked.taken_from = other->who;
  }
  const auto text =
      fmt::format("{}only you change the course of the run until {}; `fatmaster unlock` ends it",
                  locked.taken_from.empty() ? "" : "taken over from " + locked.taken_from + ": ",
                  to_local_text(now.wall + locked.length));
  return accept(text, {std::move(locked)});
}

VerbReply request_unlock(const RunState& state, const Verb& verb, const Instant& now) {
  if (const auto* other = held_by_other(state, verb, now); other != nullptr) {
    return refuse(held_by(*other, state, now) +
                  "; `fatmaster lock --take-over --reason TEXT` takes it over");
  }
  if (!state.lock) {
    return accept("no lock is held");
  }
  return accept("the lock is given back", {ControlUnlocked{verb.reason}});
}

std::optional<VerbReply> refuse_locked(const RunState& state,
                                       const Verb& verb,
                                       const Instant& now) {
  const bool always = verb.signal || verb.kind == VerbKind::Abort || verb.kind == VerbKind::Halt ||
                      verb.kind == VerbKind::Lock || verb.kind == VerbKind::Unlock ||
                      verb.kind == VerbKind::Log || verb.kind == VerbKind::Shift ||
                      verb.kind == VerbKind::Acknowledge;
  const auto* other = always ? nullptr : held_by_other(state, verb, now);
  if (other == nullptr) {
    return std::nullopt;
  }
  return refuse(
      fmt::format("{}. `fatmaster lock --take-over --reason TEXT` takes it over; abort "
                  "and halt are never barred",
                  held_by(*other, state, now)));
}

}  // namespace fat

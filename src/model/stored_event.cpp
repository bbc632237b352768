// An event's body <-> its kind and its stored text.
#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "fat/model/event.hpp"
#include "fat/model/plain_text.hpp"
#include "model/stored_event_fields.hpp"
#include "model/stored_model.hpp"

namespace fat {

namespace {

constexpr JsonLimits kEventLimits{.max_bytes = 67'108'864, .max_depth = 16};

struct Kind {
  std::string_view name;
  Complaint (*read)(const StoredValue& json, EventBody& body);
};

template <class Body>
Complaint read_body(const StoredValue& json, EventBody& body) {
  return decode_fields(json, body.emplace<Body>());
}

template <class Body>
constexpr Kind kind(std::string_view name) {
  return {name, &read_body<Body>};
}

/// In the order of EventBody, which the assertion below watches over.
constexpr std::array kKinds{kind<RunOpened>("run_opened"),
                            kind<SchedulerStarted>("scheduler_started"),
                            kind<PlanAdopted>("plan_adopted"),
                            kind<AttemptStarted>("attempt_started"),
                            kind<AttemptAdopted>("attempt_adopted"),
                            kind<AttemptReported>("attempt_reported"),
                            kind<AttemptEnded>("attempt_ended"),
                            kind<StepResolved>("step_resolved"),
                            kind<StepReopened>("step_reopened"),
                            kind<PromptOpened>("prompt_opened"),
                            kind<PromptAnswered>("prompt_answered"),
                            kind<PromptWithdrawn>("prompt_withdrawn"),
                            kind<PauseRequested>("pause_requested"),
                            kind<PauseCancelled>("pause_cancelled"),
                            kind<Paused>("paused"),
                            kind<Continued>("continued"),
                            kind<StopRequested>("stop_requested"),
                            kind<StopCancelled>("stop_cancelled"),
                            kind<AbortStepRequested>("abort_step_requested"),
                            kind<AbortRequested>("abort_requested"),
                            kind<BreakRequested>("break_requested"),
                            kind<SafeStateStarted>("safe_state_started"),
                            kind<SafeStateEnded>("safe_state_ended"),
                            kind<RunEnded>("run_ended"),
                            kind<Noted>("noted"),
                            kind<CodeSeen>("code_seen"),
                            kind<ModuleQuarantined>("module_quarantined"),
                            kind<ModuleReleased>("module_released"),
                            kind<PlanEdited>("plan_edited"),
                            kind<ControlLocked>("control_locked"),
                            kind<ControlUnlocked>("control_unlocked"),
                            kind<SignalRead>("signal_read"),
                            kind<Logged>("logged"),
                            kind<ShiftTaken>("shift_taken"),
                            kind<Acknowledged>("acknowledged"),
                            kind<PersonCalled>("person_called"),
                            kind<PromptReminded>("prompt_reminded"),
                            kind<ReplyRead>("reply_read")};

template <std::size_t... Index>
constexpr bool in_order_of_the_variant(std::index_sequence<Index...>) {
  return ((kKinds[Index].read == &read_body<std::variant_alternative_t<Index, EventBody>>)&&...);
}

static_assert(kKinds.size() == std::variant_size_v<EventBody>);
static_assert(in_order_of_the_variant(std::make_index_sequence<kKinds.size()>{}));

}  // namespace

std::string_view kind_of(const EventBody& body) {
  return kKinds.at(body.index()).name;
}

std::string to_json_text(const EventBody& body) {
  return dump_text(std::visit([](const auto& one) { return encode_fields(one); }, body));
}

EventBody event_body_from_json_text(std::string_view kind, std::string_view text) {
  const auto* const known =
      std::ranges::find_if(kKinds, [&](const Kind& one) { return one.name == kind; });
  if (known == kKinds.end()) {
    throw std::invalid_argument{fmt::format("unknown kind of event '{}'", plain_text(kind, 80))};
  }
  const StoredText read{text, kEventLimits};
  if (read.root() == nullptr) {
    throw std::invalid_argument{
        fmt::format("event {}: not JSON, or larger or deeper than any event", kind)};
  }
  EventBody body;
  if (const auto complaint = known->read(*read.root(), body); !complaint.empty()) {
    throw std::invalid_argument{fmt::format("event {}: {}", kind, complaint)};
  }
  return body;
}

std::string to_json_text(const std::vector<PlanEdit>& edits) {
  return dump_text(encode(edits));
}

std::vector<PlanEdit> plan_edits_from_json_text(std::string_view text) {
  const StoredText read{text, kEventLimits};
  if (read.root() == nullptr) {
    throw std::invalid_argument{"edits: not JSON, or larger or deeper than any edit"};
  }
  std::vector<PlanEdit> edits;
  if (const auto complaint = decode(*read.root(), edits); !complaint.empty()) {
    throw std::invalid_argument{"edits: the list " + complaint};
  }
  return edits;
}

}  // namespace fat

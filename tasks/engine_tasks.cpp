// What schedules can name and the run does itself: waiting and asking.
#include "builtin_task.hpp"

namespace fat {

BuiltinTask wait_time_task() {
  TaskInfo info;
  info.name = "wait_time";
  info.summary =
      "wait for a duration or until a time of day; after a crash only the rest is waited";
  info.kind = StepKind::Wait;
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {
      optional_parameter(
          "duration", ParameterType::Duration, "how long, e.g. 90 min (this or until)"),
      optional_parameter("until",
                         ParameterType::DateTime,
                         "local time, e.g. 2026-11-22 07:00 (this or duration)")};
  return {info};
}

BuiltinTask manual_input_task() {
  TaskInfo info;
  info.name = "manual_input";
  info.summary = "ask a person: yes goes on, no stops the run with a reason";
  info.kind = StepKind::Prompt;
  info.recovery = Recovery::Rerun;
  info.parameters = {
      {.name = "message",
       .type = ParameterType::Text,
       .required = false,
       .default_text = "Continue?",
       .help = "what the person is asked"},
      optional_parameter(
          "default", ParameterType::Boolean, "the answer of a --batch run, and after the deadline"),
      optional_parameter("deadline",
                         ParameterType::Duration,
                         "how long a person is waited for; then the default holds"),
      optional_parameter("remind_every",
                         ParameterType::Duration,
                         "how often people are reminded while nobody answers"),
      optional_parameter("escalate_to",
                         ParameterType::Text,
                         "persons called in turn while nobody has seen it, e.g. ben, carla; "
                         "instead of those of [shift]")};
  return {info};
}

}  // namespace fat

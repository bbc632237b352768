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
  info.parameters = {{.name = "message",
                      .type = ParameterType::Text,
                      .required = false,
                      .default_text = "Continue?",
                      .help = "what the person is asked"}};
  return {info};
}

}  // namespace fat

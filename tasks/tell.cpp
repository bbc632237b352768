// A text of the schedule -> people, by every way they are reached.
#include <stdexcept>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

TaskExit tell(const TaskContext& context) {
  const auto& level = text_argument(context, "level");
  if (level != "info" && level != "warning" && level != "critical") {
    throw std::runtime_error{"level is 'info', 'warning' or 'critical'"};
  }
  context.reporter.report(MessageReport{text_argument(context, "message"), level});
  return TaskExit::Done;
}

}  // namespace

BuiltinTask tell_task() {
  TaskInfo info;
  info.name = "tell";
  info.summary = "tell people something, in the log and wherever they are told of this run";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {
      parameter("message", ParameterType::Text, "", "what they are told"),
      parameter("level", ParameterType::Text, "warning", "info, warning or critical")};
  info.estimate = std::chrono::seconds{1};
  return {info, tell};
}

}  // namespace fat

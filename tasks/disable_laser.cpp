// The laser's generator -> its output is off, and says so.
#include <fmt/format.h>

#include "arguments.hpp"
#include "builtin_task.hpp"

namespace fat {
namespace {

/// Throws DeviceError when nobody can say that it is off: what must be dark must not start then.
/// Absolute, so it may be repeated; part of a safe state.
TaskExit disable_laser(const TaskContext& context) {
  const auto& name = text_argument(context, "generator");
  instruments_of(context).generator(name)->set_output(false);  // it reads back, or throws
  context.reporter.report(MessageReport{fmt::format("the output of {} is off", name), "info"});
  return TaskExit::Done;
}

}  // namespace

BuiltinTask disable_laser_task() {
  TaskInfo info;
  info.name = "disable_laser";
  info.summary = "switch the laser's generator off, read it back; fails when nobody can tell";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {
      parameter("generator", ParameterType::Text, "generator", "[device ...] of station.ini")};
  info.estimate = std::chrono::seconds{1};
  return {info, disable_laser};
}

}  // namespace fat

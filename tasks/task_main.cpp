// `fatmaster task NAME ...`: words and environment -> one built-in task performed, exit status.
#include "fat/tasks/task_main.hpp"

#include <algorithm>
#include <memory>
#include <ostream>

#include <sys/stat.h>

#include "fat/model/problem.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/tasks/catalog.hpp"
#include "fat/tasks/report_writers.hpp"
#include "operator_question.hpp"
#include "run_modules.hpp"
#include "task_arguments.hpp"

namespace fat {
namespace {

constexpr int kUsage = 2;
constexpr int kWrongFile = 3;
constexpr int kCannotTell = 4;  // of --verify: neither done (0) nor not done (1)

/// Empty when the task can be performed in this process.
std::string refusal(std::string_view name) {
  const auto* info = find_task(catalog(), name);
  if (info == nullptr) {
    std::vector<std::string> names;
    std::transform(
        catalog().begin(), catalog().end(), std::back_inserter(names), [](const TaskInfo& one) {
          return one.name;
        });
    return "no task '" + std::string{name} + "'" + did_you_mean(name, names) +
           "; `fatmaster tasks` lists them";
  }
  return info->kind == StepKind::Builtin ? ""
                                         : std::string{name} +
                                               " is done by the run itself, not by a process: it "
                                               "has a meaning in a schedule only";
}

/// A process started by a step inherits the variable, not always the descriptor: its number may be
/// another file by now.
bool is_channel(long long descriptor) {
  struct stat status {};

  return descriptor >= 0 && descriptor < 1024 &&
         ::fstat(static_cast<int>(descriptor), &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

/// The descriptor that a variable names; -1 when it names none.
int channel(const TaskSurroundings& surroundings, const char* variable) {
  const auto descriptor = parse_integer(surroundings.environment(variable).value_or(""));
  return descriptor && is_channel(*descriptor) ? static_cast<int>(*descriptor) : -1;
}

std::unique_ptr<Reporter> reporter_for(const TaskSurroundings& surroundings) {
  if (const int descriptor = channel(surroundings, "FATMASTER_REPORT_FD"); descriptor >= 0) {
    return std::make_unique<JsonReporter>(descriptor);
  }
  return std::make_unique<TextReporter>(surroundings.out);
}

std::vector<TaskModule> modules_for(const TaskInfo& info,
                                    const std::filesystem::path& run_file,
                                    const TaskSurroundings& surroundings) {
  if (!info.needs_modules) {
    return {};
  }
  std::vector<std::filesystem::path> folders;
  if (const auto station = surroundings.environment("FATMASTER_STATION")) {
    folders.emplace_back(*station);
  }
  folders.push_back(std::filesystem::current_path());
  return read_run_modules(run_file,
                          folders,
                          surroundings.environment("FATMASTER_MODULES"),
                          info.quarantined_too ? Quarantined::Marked : Quarantined::LeftOut);
}

int perform(const TaskInfo& info,
            const TaskArguments& arguments,
            const TaskSurroundings& surroundings) {
  const auto run_file =
      arguments.run_file.empty()
          ? std::filesystem::path{surroundings.environment("FATMASTER_RUN_JSON").value_or("")}
          : arguments.run_file;
  if (info.needs_modules && run_file.empty()) {
    surroundings.err << info.name << " needs a run: --run runs/run/run_00012.json\n";
    return kUsage;
  }
  const auto reporter = reporter_for(surroundings);
  const TaskContext context{
      .bench = surroundings.bench,
      .clock = surroundings.clock,
      .reporter = *reporter,
      .instruments = surroundings.instruments,
      .channels = surroundings.channels,
      .pause = surroundings.pause,
      .ask = operator_question(*reporter, channel(surroundings, "FATMASTER_ANSWER_FD")),
      .probe = surroundings.probe,
      .snapshots = surroundings.snapshots,
      .backups = surroundings.backups,
      .journal = surroundings.journal,
      .run_file = run_file.empty() ? run_file : std::filesystem::absolute(run_file),
      .folder = surroundings.environment("FATMASTER_STEP_DIR").value_or(""),
      .modules = modules_for(info, run_file, surroundings),
      .arguments = arguments.values};
  return static_cast<int>(arguments.verify ? verify_task(info.name, context)
                                           : run_task(info.name, context));
}

}  // namespace

int run_task_main(std::string_view name,
                  const std::vector<std::string>& words,
                  const TaskSurroundings& surroundings) {
  if (const auto why = refusal(name); !why.empty()) {
    surroundings.err << why << '\n';
    return kUsage;
  }
  const auto& info = *find_task(catalog(), name);
  auto arguments = parse_task_arguments(info, words);
  if (arguments.verify && !can_verify(name)) {
    arguments.problems.push_back(info.name + " is safe to repeat and has nothing to verify");
  }
  for (const auto& problem : arguments.problems) {
    surroundings.err << problem << '\n';
  }
  if (!arguments.problems.empty()) {
    return kUsage;
  }
  try {
    return perform(info, arguments, surroundings);
  } catch (const FileError& error) {
    surroundings.err << error.what() << '\n';
    return kWrongFile;
  } catch (const std::exception& error) {
    surroundings.err << info.name << ": " << error.what() << '\n';
    return arguments.verify ? kCannotTell : static_cast<int>(TaskExit::Errored);
  }
}

}  // namespace fat

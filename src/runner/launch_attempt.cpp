#include "runner/launch_attempt.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "fat/model/run_paths.hpp"
#include "runner/attempt_endings.hpp"

namespace fat {

namespace {

/// The step cannot be given a run JSON of its own.
struct NoCopy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string copy_for(const AttemptStarted& attempt, const LaunchSurroundings& around) {
  const bool nobody = attempt.without.empty() && attempt.last.empty();
  if (nobody || attempt.kind == StepKind::Builtin) {
    return {};
  }
  try {
    return around.run_json_for(attempt);
  } catch (const std::runtime_error& error) {  // also std::system_error
    const auto why = fmt::format("no run JSON of its own because of the modules in quarantine: {}",
                                 error.what());
    if (attempt.key.list != StepList::SafeState) {
      throw NoCopy{why};
    }
    around.alarm(fmt::format("step '{}': {}; it gets the real one", attempt.key.title, why));
    return {};
  }
}

LaunchSpec spec_of(const Step& step,
                   const AttemptStarted& attempt,
                   const LaunchSurroundings& around) {
  const auto& settings = around.settings;
  LaunchSpec spec;
  spec.folder = attempt_folder(settings.run_folder, attempt.key, attempt.index);
  spec.token = attempt.token;
  auto command = command_for(step,
                             attempt,
                             around.plan,
                             {.files = settings.files,
                              .station = settings.station,
                              .attempt_folder = spec.folder,
                              .environment = settings.environment,
                              .run_json_copy = copy_for(attempt, around),
                              .instruments = settings.instruments});
  spec.argv = std::move(command.words);
  spec.environment = std::move(command.environment);
  spec.working_folder = settings.station;
  spec.files = std::move(command.files);
  spec.timeout = step.timeout.value_or(Microseconds{0});
  spec.silence_timeout = step.silence_timeout.value_or(Microseconds{0});
  spec.grace = settings.grace;
  spec.leave_running = step.leave_running;
  return spec;
}

}  // namespace

std::variant<StepProcess, AttemptEnded> launch_attempt(const Step& step,
                                                       const AttemptStarted& attempt,
                                                       const LaunchSurroundings& around) {
  try {
    return launch(spec_of(step, attempt, around), around.settings.files.shim, around.standby);
  } catch (const NoCopy& error) {
    return refused_attempt(attempt.key, error.what());
  } catch (const std::invalid_argument& error) {
    return refused_attempt(attempt.key, fmt::format("the command is wrong: {}", error.what()));
  } catch (const LaunchError& error) {
    if (error.fault() == LaunchFault::FolderExists && attempt.key.list == StepList::SafeState) {
      const auto* why = "the journal does not know who was here: it has lost its end";
      return interrupted_attempt(attempt.key, EndCause::NeverStarted, why);  // the next number does
    }
    return refused_attempt(attempt.key, error.what());
  }
}

}  // namespace fat

// Modules of a run and work on one of them -> that work on all of them, and how each came out of
// it.
#include "module_work.hpp"

#include <atomic>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "fat/ports/device_error.hpp"
#include "in_parallel.hpp"

namespace fat {
namespace {

/// Those of one group are worked on one after the other.
std::vector<std::vector<std::size_t>> groups_of(const std::vector<TaskModule>& modules,
                                                Together together) {
  std::map<int, std::vector<std::size_t>> by_key;
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const int key = together == Together::AllModules ? static_cast<int>(i)
                                                     : modules[i].place / kModulesOnWirePair;
    by_key[key].push_back(i);
  }
  std::vector<std::vector<std::size_t>> groups;
  groups.reserve(by_key.size());
  for (auto& [key, members] : by_key) {
    groups.push_back(std::move(members));
  }
  return groups;
}

}  // namespace

bool with_module(const TaskContext& context, const TaskModule& module, const ModuleJob& job) {
  try {
    const auto session = context.bench.open(module.entry);
    job(module, *session);
    return true;
  } catch (const DeviceError& error) {
    const bool answers =
        error.fault() == DeviceFault::Refused || error.fault() == DeviceFault::Garbled;
    if (answers) {
      context.reporter.report(
          VerdictReport{module.entry.serial, Verdict::Inconclusive, error.what()});
    } else {
      context.reporter.report(ModuleReport{module.entry.serial, "unresponsive", error.what()});
    }
    return answers;
  }
}

TaskExit for_each_module(const TaskContext& context, Together together, const ModuleJob& job) {
  const auto count = context.modules.size();
  if (count == 0) {
    throw std::runtime_error{"the run has no modules"};
  }
  const auto groups = groups_of(context.modules, together);
  std::atomic<std::size_t> done{0};
  std::atomic<std::size_t> answered{0};
  in_parallel(groups.size(), [&](std::size_t group) {
    for (const auto index : groups[group]) {
      const auto& module = context.modules[index];
      const bool answers = with_module(context, module, job);
      answered += answers ? 1 : 0;
      const auto now_done = ++done;
      context.reporter.report(
          ProgressReport{static_cast<double>(now_done) / static_cast<double>(count),
                         fmt::format("{} {}, {} of {}",
                                     module.entry.serial,
                                     answers ? "done" : "does not answer",
                                     now_done,
                                     count)});
    }
  });
  if (answered == 0) {
    say(context,
        fmt::format("none of the {} modules answers: is the power on, do the module servers run?",
                    count),
        "critical");
    return TaskExit::Errored;
  }
  return TaskExit::Done;
}

void say(const TaskContext& context, const std::string& text, const char* level) {
  context.reporter.report(MessageReport{text, level});
}

std::string channel_name(int channel) {
  return channel == 0 ? "lower" : "upper";
}

void inconclusive(const TaskContext& context,
                  const TaskModule& module,
                  int channel,
                  const std::string& why) {
  context.reporter.report(VerdictReport{module.entry.serial,
                                        Verdict::Inconclusive,
                                        fmt::format("{}: {}", channel_name(channel), why)});
}

void measured(const TaskContext& context, Measurement measurement) {
  context.reporter.report(MeasurementReport{std::move(measurement)});
}

}  // namespace fat

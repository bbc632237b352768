#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/catch_up.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "cli/text_file.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/plan/run_file.hpp"

namespace fat {

namespace {

namespace fs = std::filesystem;

/// A file that was not there before.
void write_new(const fs::path& file, const std::string& text) {
  if (fs::exists(file)) {
    throw CommandError{kExitUsage,
                       fmt::format("{} exists already; name another file", file.string())};
  }
  write_text_file(file, text);
}

fs::path next_run_file(const fs::path& run_file) {
  int highest = 0;
  for (const auto& entry : fs::directory_iterator{run_file.parent_path()}) {
    highest = std::max(highest, run_number_of(entry.path()).value_or(0));
  }
  return run_file.parent_path() / (run_name(highest + 1) + ".json");
}

/// A run of these modules alone.
std::string run_json_of(const Plan& plan,
                        const std::vector<std::string>& serials,
                        const fs::path& station) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& module : plan.modules) {
    if (std::ranges::find(serials, module.serial) != serials.end()) {
      json[module.serial] = find_module_file(module.path, {station}, plan.run_file).string();
    }
  }
  return json.dump(4, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void require_modules(const Plan& plan, const std::vector<std::string>& serials) {
  for (const auto& serial : serials) {
    if (std::ranges::find(plan.modules, serial, &ModuleEntry::serial) == plan.modules.end()) {
      throw CommandError{kExitUsage, fmt::format("--module: the run has no module '{}'", serial)};
    }
  }
}

int catch_up_to(const Invocation& invocation) {
  const auto run = open_run(invocation);
  const auto& plan = run.known.campaign->plan();
  const auto& state = run.known.campaign->state();
  const auto serials = invocation.arguments.values("module");
  require_modules(plan, serials);
  const auto output = invocation.arguments.value("output");
  const auto run_file = output.empty() ? fs::path{plan.run_file} : next_run_file(plan.run_file);
  const auto found = catch_up(plan, state, serials, run_file.string());
  if (found.schedule.empty()) {
    std::cerr << fmt::format("run {}: no module has missed a step\n", plan.run_number);
    return kExitDone;
  }
  if (output.empty()) {
    print(found.schedule.substr(0, found.schedule.size() - 1));
    return kExitDone;
  }
  write_new(fs::absolute(output), found.schedule);
  write_new(run_file, run_json_of(plan, found.modules, run.station.folder));
  print(fmt::format(
      "written: {}\n         {}\ntype:    fatmaster plan {}", output, run_file.string(), output));
  return kExitDone;
}

}  // namespace

Command catch_up_command() {
  return {.name = "catch-up",
          .summary = "write the schedule of what modules missed in quarantine",
          .details =
              "Exactly the steps that ended without them, grouped by temperature, with the "
              "moves between. A step sets the\n"
              "temperature when a parameter or tag of it is a value in degC.\n"
              "Without -o it is printed.",
          .options = {run_operand(),
                      {.name = "--output,-o",
                       .value = "FILE",
                       .help = "write it there, and a run JSON of the next number with these "
                               "modules alone"},
                      {.name = "--module",
                       .value = "SERIAL",
                       .help = "only what this module missed (may be repeated)",
                       .repeated = true}},
          .function = catch_up_to};
}

}  // namespace fat

// Bytes as the module JSON of the one module of a run -> its address, for the plan and for a task.
#include "../tasks/run_modules.hpp"
#include "fat/plan/run_file.hpp"
#include "fuzz/scratch_folder.hpp"
#include "fuzz/targets.hpp"

namespace fat::fuzz {

void module_json(std::string_view input) {
  static const ScratchFolder folder;
  static const auto run_file =
      folder.write("run_00012.json", R"({"D1": "D1.json", "comment": "x"})");
  folder.write("D1.json", input);
  const auto run = load_run_file(run_file, "run_00012.json", {folder.path()});
  require_sound(run.problems, input);
  require(has_errors(run.problems) || run.modules.size() == 1, "the module is there or refused");
  for (const ModuleEntry& module : run.modules) {
    require(module.serial == "D1" && !module.host.empty(), "the module is the one that was named");
    require(module.port >= 0 && module.port <= 65535, "a port is a port");
  }
  try {
    const auto modules =
        read_run_modules(run_file, {folder.path()}, R"(["D1"])", Quarantined::LeftOut);
    require(modules.size() == 1, "a task finds the module");
    const int port = modules.front().entry.port;
    require(port >= 0 && port <= 65535, "a task's port is a port");
  } catch (const FileError& error) {
    require_sound(error.problems(), input);
  }
}

}  // namespace fat::fuzz

#include "cli/init_command.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/new_run_command.hpp"
#include "cli/print.hpp"
#include "cli/program_files.hpp"
#include "cli/station_context.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

std::vector<std::string> template_names(const std::filesystem::path& templates) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{templates}) {
    if (entry.is_directory()) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

std::filesystem::path template_folder(const std::string& name) {
  const auto templates = share_folder("templates");
  const auto names = template_names(templates);
  if (std::ranges::find(names, name) == names.end()) {
    throw UsageError{fmt::format("fatmaster init: there is no template '{}'{}; there are: {}",
                                 name,
                                 did_you_mean(name, names),
                                 fmt::join(names, ", "))};
  }
  return templates / name;
}

/// Never somebody's station.
void require_empty(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder) && !std::filesystem::is_empty(folder)) {
    throw CommandError{
        kExitRefused,
        fmt::format("{} is not empty; init writes into a new folder only", folder.string())};
  }
}

std::string next_steps(const std::filesystem::path& folder, const std::string& name) {
  return fmt::format(
      "{0} is a station now, of template {1}:\n"
      "  station.ini          what the bench is made of: put your addresses and devices there\n"
      "  modules.csv          the modules: put yours there\n"
      "  schedules/first.ini  a schedule\n"
      "  tasks/               your first own task\n"
      "  runs/                run 1, of the example modules\n"
      "next: cd {0}\n"
      "      fatmaster station check\n"
      "      fatmaster plan schedules/first.ini\n"
      "      fatmaster new-run -m \"what this run is for\"\n",
      folder.string(),
      name);
}

int init(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto name = arguments.has("template") ? arguments.value("template") : "degg";
  const auto source = template_folder(name);
  const auto folder = (invocation.station / arguments.value("DIR")).lexically_normal();
  require_empty(folder);
  std::filesystem::create_directories(folder);
  std::filesystem::copy(source, folder, std::filesystem::copy_options::recursive);
  Invocation inside = invocation;
  inside.station = folder.has_filename() ? folder : folder.parent_path();
  const auto station = open_station(inside).station;
  const auto list = station.folder / "modules.csv";
  write_run_of_list(station,
                    read_module_list(list, list.string()),
                    fmt::format("EXAMPLE of template {}: no real modules", name));
  print(next_steps(station.folder, name));
  return kExitDone;
}

}  // namespace

Command init_command() {
  return {.name = "init",
          .summary = "a new station folder, commented, with a schedule and a first task",
          .details =
              "Templates: degg (the D-Egg bench), commands (any detector, asked by a shell "
              "script), module-stand (a line protocol over TCP,\n"
              "tasks in Python), dom (iceboot modules that are no D-Eggs). What it writes passes "
              "`station check` and `plan`.",
          .options = {{.name = "DIR",
                       .value = {},
                       .help = "new or empty folder (default: the station's, -C)"},
                      {.name = "--template",
                       .value = "degg|commands|module-stand|dom",
                       .help = "what kind of bench (default degg)"}},
          .function = init};
}

}  // namespace fat

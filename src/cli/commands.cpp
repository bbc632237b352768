#include "cli/catch_up.hpp"
#include "cli/command.hpp"
#include "cli/demo_command.hpp"
#include "cli/inspect_commands.hpp"
#include "cli/rehearse_command.hpp"
#include "cli/run_commands.hpp"
#include "cli/station_commands.hpp"
#include "cli/task_commands.hpp"
#include "cli/verb_commands.hpp"

namespace fat {

namespace {

std::vector<Command> all_commands() {
  std::vector<Command> all{demo_command(),
                           plan_command(),
                           rehearse_command(),
                           run_command(),
                           resume_command(),
                           catch_up_command()};
  for (const auto& group :
       {inspect_commands(), verb_commands(), station_commands(), task_commands()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace

const std::vector<Command>& commands() {
  static const auto all = all_commands();
  return all;
}

}  // namespace fat

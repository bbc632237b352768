#include "cli/catch_up.hpp"
#include "cli/check_command.hpp"
#include "cli/command.hpp"
#include "cli/demo_command.hpp"
#include "cli/init_command.hpp"
#include "cli/inspect_commands.hpp"
#include "cli/interlock_commands.hpp"
#include "cli/lease_command.hpp"
#include "cli/log_command.hpp"
#include "cli/new_run_command.hpp"
#include "cli/new_schedule_command.hpp"
#include "cli/plot_command.hpp"
#include "cli/read_command.hpp"
#include "cli/rehearse_command.hpp"
#include "cli/report_command.hpp"
#include "cli/run_commands.hpp"
#include "cli/serve_command.hpp"
#include "cli/services_command.hpp"
#include "cli/set_command.hpp"
#include "cli/station_commands.hpp"
#include "cli/task_commands.hpp"
#include "cli/user_command.hpp"
#include "cli/verb_commands.hpp"

namespace fat {

namespace {

std::vector<Command> all_commands() {
  std::vector<Command> all{demo_command(),
                           init_command(),
                           new_run_command(),
                           new_schedule_command(),
                           check_command(),
                           plan_command(),
                           rehearse_command(),
                           run_command(),
                           resume_command(),
                           catch_up_command(),
                           report_command(),
                           serve_command(),
                           log_command(),
                           read_command(),
                           plot_command(),
                           interlock_command(),
                           lease_command(),
                           set_command(),
                           services_command()};
  for (const auto& group :
       {inspect_commands(), verb_commands(), station_commands(), task_commands()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  all.push_back(user_command());
  return all;
}

}  // namespace

const std::vector<Command>& commands() {
  static const auto all = all_commands();
  return all;
}

}  // namespace fat

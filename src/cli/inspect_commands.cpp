#include "cli/inspect_commands.hpp"

#include "cli/status_commands.hpp"
#include "cli/step_commands.hpp"

namespace fat {

std::vector<Command> inspect_commands() {
  auto all = status_commands();
  const auto more = step_commands();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace fat

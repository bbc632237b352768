// plan, run, resume, demo: what starts campaigns.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command plan_command();
Command run_command();
Command resume_command();

/// Runs the engine under its supervisor; `words` begin with the command's name.
int supervise_engine(const Invocation& invocation, const std::vector<std::string>& words);

}  // namespace fat

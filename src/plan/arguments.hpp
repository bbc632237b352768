// The options of a section that are not reserved -> the arguments of its task, checked where the
// task is known.
#pragma once

#include <vector>

#include "fat/model/plan.hpp"
#include "plan/section_report.hpp"

namespace fat {

/// How a built-in task's options find their parameters. Original: as a section with `package` does,
/// by name when every option names a parameter, else by position.
enum class Binding { ByName, Original };

/// Every option in order, `arg.` removed: what a Python function gets.
std::vector<Argument> python_arguments(SectionReport& report);

/// Checked against the task's parameters; unknown, missing, doubled and ill-typed ones are
/// reported. Options of [DEFAULT] that name no parameter are left out.
std::vector<Argument> builtin_arguments(const TaskInfo& task,
                                        Binding binding,
                                        SectionReport& report);

/// A command takes none: every option of the section itself is reported.
void refuse_arguments(SectionReport& report);

}  // namespace fat

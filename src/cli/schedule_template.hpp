// A schedule that serves as a template -> the same schedule for a certain run.
#pragma once

#include <string>
#include <string_view>

#include "fat/model/task_info.hpp"

namespace fat {

struct TemplateUse {
  std::string run_file;  ///< for [constants] run_file
  bool no_hv = false;    ///< without the steps that raise high voltage
  std::string remark;    ///< of one line: becomes the first comment
};

/// The template's text with that run file; comments and order stay. `no_hv` leaves out each section
/// whose task has a parameter `hv_after` or whose tags name `hv`, and fragments that are empty
/// then.
std::string schedule_from_template(std::string_view text,
                                   const TemplateUse& use,
                                   const TaskCatalog& catalog);

}  // namespace fat

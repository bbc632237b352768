// What was checked, confirmed or written down for a run before it began: what, who, when.
#pragma once

#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/model/log_entry.hpp"

namespace fat {

/// `check` of the logbook's form for a new run, and of any other entry.
inline constexpr const char* kLogbookCheck = "logbook";
inline constexpr const char* kLogCheck = "log";

struct CheckRecord {
  std::string check;       ///< "peripherals", "laser-supply", kLogbookCheck, kLogCheck
  bool good = false;       ///< done or confirmed; else it failed, or a person said no
  bool by_person = false;  ///< confirmed, not measured
  std::string who;
  WallTime at;
  std::string note;  ///< what the person wrote; of the logbook, lines
  std::vector<LogAttachment> attachments;

  bool operator==(const CheckRecord&) const = default;
};

}  // namespace fat

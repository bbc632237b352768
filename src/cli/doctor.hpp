// A station -> what could spoil a campaign on it, each with what to do.
#pragma once

#include <string>
#include <vector>

#include "fat/model/station.hpp"

namespace fat {

enum class Health { Ok, Warning, Problem };

std::string_view to_string(Health health);

struct Finding {
  Health health = Health::Ok;
  std::string subject;        ///< "disk", "backup nas"
  std::string text;           ///< what is so
  std::string advice;         ///< what to do; empty when it is well
  bool prevents_run = false;  ///< a run must not begin
};

/// Quick: what can change from one start to the next, in under 100 ms (a dead backup target: 1 s).
/// Full: interpreters, the journal's whole chain, and what else is worth knowing.
enum class Depth { Quick, Full };

/// Changes nothing but for a file it makes and removes in each backup target. Call it while this
/// process has one thread and holds no lock.
std::vector<Finding> examine_station(const Station& station, Depth depth);

/// One line each, advice indented below, at the end a sentence. 80 columns where the names allow
/// it.
std::string findings_text(const std::vector<Finding>& findings);

/// [{"health", "subject", "text", "advice"}].
std::string findings_json(const std::vector<Finding>& findings);

}  // namespace fat

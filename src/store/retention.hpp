// Names of a run's snapshots, how many are kept -> those that may go.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "fat/model/station.hpp"

namespace fat::store {

/// What may be removed of a run's folder in a backup target. Never the newest snapshot, one of
/// `needed`, or anything whose name is not of a snapshot of this run.
std::vector<std::string> superseded(int run,
                                    std::vector<std::string> names,
                                    const Retention& keep,
                                    const std::set<std::string>& needed = {});

}  // namespace fat::store

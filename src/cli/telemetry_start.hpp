// [telemetry NAME] of station.ini -> the threads that publish the stored readings.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/bench_files.hpp"
#include "fat/model/station.hpp"
#include "fat/people/telemetry.hpp"

namespace fat {

/// `say` is called by their threads. `clock` outlives them.
std::vector<std::unique_ptr<Telemetry>> start_telemetry(
    const Station& station,
    const BenchFiles& files,
    const Clock& clock,
    const std::function<void(const std::string&)>& say);

}  // namespace fat

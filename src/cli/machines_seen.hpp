// A bench -> the states of its module power and chillers, as the station process knows them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/bench_files.hpp"
#include "fat/model/machine_state.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// Of the station process: the states, as JSON.
inline constexpr std::string_view kMachinesPage = "/v1/machines";

bool has_machines(const Station& station);

/// nullopt: nobody watches the bench, or does not answer.
std::optional<MachinesState> living_machines(const Station& station, const BenchFiles& files);

/// A line for each machine and group, or one that nobody watches them. Empty without machines.
std::string machine_lines(const Station& station, const BenchFiles& files);

}  // namespace fat

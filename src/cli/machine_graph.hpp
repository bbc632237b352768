// Tables of transitions and the states that machines are in -> a graph in Graphviz' language.
#pragma once

#include <string>
#include <vector>

#include "fat/engine/machine_table.hpp"
#include "fat/model/machine_state.hpp"

namespace fat {

/// Solid: what a person may command; dashed: what readings do by themselves; a state's box says
/// what is refused in it and which of `machines` are in it now. Pure.
std::string machine_graph(const std::vector<MachineTable>& tables,
                          const std::vector<MachineState>& machines);

}  // namespace fat

#include "cli/machine_graph.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr std::string_view kGraphHead =
    "digraph machines {\n"
    "  rankdir=LR;\n"
    "  fontname=\"sans-serif\";\n"
    "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\"];\n"
    "  edge [fontname=\"sans-serif\", fontsize=10];\n";

/// What a string of that language may hold.
std::string in_dot(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool special = c == '"' || c == '\\';
    escaped += special ? "\\" : "";
    escaped += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return escaped;
}

std::string node_of(const MachineTable& table, std::string_view state) {
  return fmt::format("\"{}/{}\"", in_dot(table.kind), in_dot(state));
}

bool is_trouble(std::string_view state) {
  return state == "ERROR" || state == "ALARM" || state == "UNKNOWN";
}

bool leads_on(const MachineRow& row) {
  return row.guard != "never" && row.to != row.from;
}

std::string guard_text(const MachineRow& row) {
  return row.guard == "always" ? std::string{} : "\\n[" + in_dot(row.guard) + "]";
}

/// What is refused in it; where no command leads on, what may be commanded all the same.
std::string commands_in(const MachineTable& table, std::string_view state) {
  const bool stays = std::ranges::none_of(
      table.rows, [&](const MachineRow& row) { return row.from == state && leads_on(row); });
  std::string text;
  for (const auto& row : table.rows) {
    const bool refused = row.guard == "never";
    if (row.from == state && (refused || stays)) {
      text += refused ? "\\nrefused: " + in_dot(row.command)
                      : "\\nmay: " + in_dot(row.command) + guard_text(row);
    }
  }
  return text;
}

std::string state_box(const MachineTable& table,
                      std::string_view state,
                      const std::vector<MachineState>& machines) {
  std::string label = in_dot(state), here;
  for (const auto& machine : machines) {
    if (machine.kind == table.kind && machine.state == state) {
      here += (here.empty() ? "" : ", ") + machine.name;
    }
  }
  label += here.empty() ? "" : "\\nnow: " + in_dot(here);
  label += commands_in(table, state);
  return fmt::format("    {} [label=\"{}\"{}{}];\n",
                     node_of(table, state),
                     label,
                     here.empty() ? "" : ", penwidth=3, fillcolor=lightyellow",
                     is_trouble(state) ? ", color=red" : "");
}

std::string edges(const MachineTable& table) {
  std::string text;
  for (const auto& row : table.rows) {
    if (leads_on(row)) {
      text += fmt::format("    {} -> {} [label=\"{}{}\"];\n",
                          node_of(table, row.from),
                          node_of(table, row.to),
                          in_dot(row.command),
                          guard_text(row));
    }
  }
  for (const auto& drift : table.drifts) {
    const auto from = drift.from.empty() ? std::string_view{"any state"} : drift.from;
    text += fmt::format("    {} -> {} [label=\"{}\", style=dashed, color=gray40];\n",
                        node_of(table, from),
                        node_of(table, drift.to),
                        in_dot(drift.by));
  }
  return text;
}

}  // namespace

std::string machine_graph(const std::vector<MachineTable>& tables,
                          const std::vector<MachineState>& machines) {
  std::string text{kGraphHead};
  for (const auto& table : tables) {
    text += fmt::format("  subgraph \"cluster_{0}\" {{\n    label=\"{0}\";\n", in_dot(table.kind));
    text += fmt::format("    {} [label=\"any state\", shape=plaintext, style=\"\"];\n",
                        node_of(table, "any state"));
    for (const auto state : table.states) {
      text += state_box(table, state, machines);
    }
    text += edges(table) + "  }\n";
  }
  return text + "}\n";
}

}  // namespace fat

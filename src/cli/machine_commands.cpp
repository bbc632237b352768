#include "cli/machine_commands.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/bench_instruments.hpp"
#include "cli/bounded_call.hpp"
#include "cli/exit_code.hpp"
#include "cli/machine_graph.hpp"
#include "cli/machines_seen.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kDrawingTakes{30};
constexpr std::size_t kLongestComplaint = 400;

bool is_well(const MachineState& machine) {
  return machine.state != "ERROR" && machine.state != "ALARM" && machine.state != "UNKNOWN";
}

/// A machine, a kind of them, or all.
struct GraphWish {
  std::vector<MachineTable> tables;
  std::vector<MachineState> machines;
};

GraphWish wish_for(const Station& station, const std::string& name, const MachinesState& now) {
  GraphWish wish;
  const auto is_meant = [&](const MachineTable& table) {
    const auto has = [&](const auto& entries) {
      return std::ranges::any_of(entries,
                                 [&](const auto& one) { return name.empty() || one.name == name; });
    };
    const bool power = table.kind == "module_power";
    return name == table.kind || (power ? has(station.module_powers) : has(station.chillers));
  };
  std::vector<std::string> names;
  for (auto table : {power_table(), chiller_table()}) {
    names.emplace_back(table.kind);
    if (is_meant(table) || (name.empty() && !has_machines(station))) {
      wish.tables.push_back(std::move(table));
    }
  }
  if (wish.tables.empty()) {
    std::ranges::transform(station.module_powers, std::back_inserter(names), &PowerEntry::name);
    std::ranges::transform(station.chillers, std::back_inserter(names), &ChillerEntry::name);
    throw UsageError{fmt::format(
        "fatmaster station graph: there is no [module_power ...] or [chiller ...] '{}'{}",
        plain_text(name, kLongestComplaint),
        did_you_mean(name, names))};
  }
  const bool one = find_machine(now, name) != nullptr;
  std::ranges::copy_if(now.machines, std::back_inserter(wish.machines), [&](const auto& machine) {
    return !one || machine.name == name;
  });
  return wish;
}

/// By Graphviz' own program.
std::string drawn(const std::string& graph) {
  const auto result = run_within(
      kDrawingTakes, {.words = {"dot", "-Tsvg"}, .environment = {}, .folder = {}, .input = graph});
  if (result.status == kNoSuchProgram) {
    throw CommandError{kExitRefused,
                       "a picture is drawn by Graphviz' `dot`, which is not installed (Debian: "
                       "graphviz); `-o FILE.dot` writes the graph itself"};
  }
  const auto begin = result.text.find("<?xml");
  if (!result.answered || result.status != 0 || begin == std::string::npos) {
    throw CommandError{
        kExitRefused,
        fmt::format("`dot` did not draw it: {}",
                    result.answered ? plain_text(result.text, kLongestComplaint) : "it hangs")};
  }
  return result.text.substr(begin);
}

}  // namespace

int print_machine_states(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  const auto files = bench_files(invocation, station);
  const auto living = living_machines(station, files);
  if (invocation.arguments.has("json")) {
    auto json = nlohmann::json::parse(to_json_text(living.value_or(MachinesState{})));
    json["watched"] = living.has_value();
    print(json.dump(2));
  } else {
    print(has_machines(station)
              ? machine_lines(station, files)
              : "station.ini declares no [module_power ...] and no [chiller ...]");
  }
  const bool well =
      !has_machines(station) || (living && std::ranges::all_of(living->machines, is_well));
  return well ? kExitDone : kExitModulesBad;
}

int draw_machines(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  const auto now = living_machines(station, bench_files(invocation, station));
  const auto wish =
      wish_for(station, invocation.arguments.value("FILE"), now.value_or(MachinesState{}));
  const auto graph = machine_graph(wish.tables, wish.machines);
  const std::filesystem::path target{invocation.arguments.value("output")};
  if (target.empty()) {
    print(graph);
    return kExitDone;
  }
  if (target.extension() != ".svg" && target.extension() != ".dot") {
    throw UsageError{"fatmaster station graph: --output is a FILE.svg or a FILE.dot"};
  }
  const auto text = target.extension() == ".svg" ? drawn(graph) : graph;
  std::ofstream file{target, std::ios::binary};
  file << text;
  file.close();
  if (!file) {
    throw CommandError{kExitFileWrong, fmt::format("cannot write {}", target.string())};
  }
  print(
      fmt::format("{}: {}",
                  target.string(),
                  now ? "with the states as they are now" : "nobody watches the bench: no state"));
  return kExitDone;
}

}  // namespace fat

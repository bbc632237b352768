#include "fat/model/machine_state.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "model/stored_instant.hpp"

namespace fat {

void describe(auto& fields, std::type_identity<MachineState>) {
  fields("name", &MachineState::name, Keep::Always);
  fields("kind", &MachineState::kind, Keep::Always);
  fields("group", &MachineState::group);
  fields("state", &MachineState::state, Keep::Always);
  fields("why", &MachineState::why);
  fields("since", &MachineState::since, Keep::Always);
}

void describe(auto& fields, std::type_identity<GroupState>) {
  fields("name", &GroupState::name, Keep::Always);
  fields("state", &GroupState::state, Keep::Always);
}

void describe(auto& fields, std::type_identity<MachinesState>) {
  fields("at", &MachinesState::at, Keep::Always);
  fields("machines", &MachinesState::machines, Keep::Always);
  fields("groups", &MachinesState::groups, Keep::Always);
}

namespace {

constexpr JsonLimits kMachinesLimits{.max_bytes = 4U << 20U, .max_depth = 8};
constexpr std::size_t kLongestMachineWhy = 400;
constexpr std::size_t kLongestMachineWord = 64;

std::string machine_line(const std::string& name, const std::string& state) {
  return fmt::format(
      "{:<20} {}", plain_text(name, kLongestMachineWord), plain_text(state, kLongestMachineWord));
}

}  // namespace

std::string to_json_text(const MachinesState& state) {
  return dump_text(encode_fields(state));
}

std::optional<MachinesState> machines_state_from_json_text(std::string_view text) {
  return decode_stored<MachinesState>(text, kMachinesLimits);
}

const MachineState* find_machine(const MachinesState& state, std::string_view name) {
  const auto found = std::ranges::find(state.machines, name, &MachineState::name);
  return found == state.machines.end() ? nullptr : &*found;
}

std::string in_words(const MachinesState& state) {
  std::string text;
  for (const auto& machine : state.machines) {
    text += machine_line(machine.name, machine.state);
    text += machine.why.empty() ? "\n" : ": " + plain_text(machine.why, kLongestMachineWhy) + "\n";
  }
  for (const auto& group : state.groups) {
    text += machine_line("group " + group.name, group.state) + "\n";
  }
  return text;
}

}  // namespace fat

// Members in, members out: ours replaced in place or added at the end, the others untouched.
#include "store/run_view.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <optional>
#include <ranges>
#include <stdexcept>

#include <fmt/format.h>

#include "fat/model/run_paths.hpp"

namespace fat::store {

namespace {

using Members = std::vector<JsonMember>;

constexpr std::string_view kManualInput = "ManualInputTime";
constexpr int kLastTopLevelInput = 9;

struct LocalTime {
  std::tm parts{};
  long microseconds = 0;
};

LocalTime to_local(WallTime when) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
  const std::time_t time = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(seconds));
  LocalTime local;
  ::localtime_r(&time, &local.parts);
  local.microseconds = static_cast<long>((when - seconds).count());
  return local;
}

std::string to_original_date(WallTime when) {
  const auto& parts = to_local(when).parts;
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

Members::iterator find_member(Members& members, std::string_view name) {
  return std::ranges::find_if(members,
                              [&](const JsonMember& member) { return member.name == name; });
}

/// Python keeps the last of two members of one name: ours replaces the first and is the only one
/// left.
void set_member(Members& members, std::string_view name, std::string value) {
  const auto found = find_member(members, name);
  if (found == members.end()) {
    members.push_back(make_member(name, std::move(value)));
    return;
  }
  found->value = std::move(value);
  members.erase(
      std::remove_if(
          found + 1, members.end(), [&](const JsonMember& member) { return member.name == name; }),
      members.end());
}

/// The last one, as Python reads it.
Members inner_members(const Members& members, std::string_view name) {
  for (const auto& member : std::views::reverse(members)) {
    if (member.name == name) {
      return split_json_object(member.value).value_or(Members{});
    }
  }
  return {};
}

std::string_view number_of(const StepSummary& step) {
  if (step.outcome == Outcome::Done) {
    return "1";
  }
  return step.outcome == Outcome::Errored ? "0" : "-1";
}

/// "[12] title": a step's line, of this or of an earlier version of the plan.
bool is_step_line(std::string_view name) {
  const auto close = name.find("] ");
  return name.starts_with('[') && close != std::string_view::npos && close > 1 &&
         name.substr(1, close - 1).find_first_not_of("0123456789") == std::string_view::npos;
}

/// The original names the archived schedule by way of the run JSON's folder.
std::string config_path(const RunSummary& summary) {
  const std::filesystem::path run_file(summary.run_file);
  const std::filesystem::path archived(summary.archived_schedule);
  const auto folder = run_folder(run_file);
  if (archived.parent_path().lexically_normal() != folder) {
    return summary.archived_schedule;
  }
  return (run_file.parent_path() / ".." / folder.filename() / archived.filename()).string();
}

Members master_members(Members before,
                       const RunSummary& summary,
                       const std::string& version,
                       WallTime today) {
  const auto value_of = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = find_member(before, name);
    return found == before.end() ? std::nullopt : std::optional(found->value);
  };
  Members members;
  for (const auto& step : summary.steps) {
    members.push_back(
        make_member(fmt::format("[{}] {}", step.index, step.title), std::string(number_of(step))));
  }
  members.push_back(make_member("ConfigPath", to_json_string(config_path(summary))));
  const auto date = to_json_string(to_original_date(summary.started.value_or(today)));
  members.push_back(make_member("Date", summary.started ? date : value_of("Date").value_or(date)));
  if (summary.status == RunStatus::Completed && summary.ended) {
    members.push_back(make_member("end_time", to_json_string(to_original_time(*summary.ended))));
  }
  members.push_back(make_member("Fatmaster", to_json_string(version)));
  if (summary.virtual_station) {
    members.push_back(make_member("Virtual", "true"));
  }
  static constexpr std::array<std::string_view, 5> our_names{
      "ConfigPath", "Date", "end_time", "Fatmaster", "Virtual"};
  for (auto& member : before) {
    const bool ours = std::ranges::find(our_names, member.name) != our_names.end();
    if (!ours && !is_step_line(member.name)) {
      members.push_back(std::move(member));
    }
  }
  return members;
}

bool is_manual_input(const JsonMember& member) {
  return member.name.find(kManualInput) != std::string::npos;
}

bool holds_input(const Members& members, const std::string& value) {
  return std::ranges::any_of(members, [&](const JsonMember& member) {
    return is_manual_input(member) && member.value == value;
  });
}

/// N as the original counts it, past names that are taken.
std::string free_input_name(Members& members, std::ptrdiff_t number) {
  for (;; ++number) {
    auto name = fmt::format("{}{}", kManualInput, number);
    if (find_member(members, name) == members.end()) {
      return name;
    }
  }
}

/// Existing readers take ManualInputTime10 for a module's path: from there on they stand inside.
void add_manual_inputs(Members& members, Members& master, const RunSummary& summary) {
  const auto last_name = fmt::format("{}{}", kManualInput, kLastTopLevelInput);
  for (const WallTime when : summary.manual_inputs) {
    const auto value = to_json_string(to_original_time(when));
    if (holds_input(members, value) || holds_input(master, value)) {
      continue;
    }
    const auto count = std::ranges::count_if(members, is_manual_input);
    const auto name = free_input_name(members, count);
    if (name.size() == last_name.size()) {
      members.push_back(make_member(name, value));
      continue;
    }
    const auto inside = std::ranges::count_if(master, is_manual_input);
    master.push_back(make_member(free_input_name(master, kLastTopLevelInput + 1 + inside), value));
  }
}

}  // namespace

std::string to_original_time(WallTime when) {
  const auto local = to_local(when);
  return fmt::format("{} {:02}:{:02}:{:02}.{:06}",
                     to_original_date(when),
                     local.parts.tm_hour,
                     local.parts.tm_min,
                     local.parts.tm_sec,
                     local.microseconds);
}

std::vector<JsonMember> merge_run_view(std::vector<JsonMember> members,
                                       const RunSummary& summary,
                                       const std::string& version,
                                       WallTime today) {
  if (summary.master_key.empty()) {
    throw std::logic_error("a run without a MasterFAT_NN has no view in its run JSON");
  }
  auto master = master_members(inner_members(members, summary.master_key), summary, version, today);
  // The original's order: the list is there before the first answer or the end.
  set_member(members, summary.master_key, "{}");
  add_manual_inputs(members, master, summary);
  if (!summary.terminated.empty()) {
    set_member(members, "RunTerminated", to_json_string(summary.terminated));
  }
  set_member(members, summary.master_key, join_json_object(master, 1));
  return members;
}

}  // namespace fat::store

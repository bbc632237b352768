// Members of the run JSON named MasterFAT_NN -> key, lines, end.
#include "fat/store/master_view.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "store/durable_file.hpp"
#include "store/json_members.hpp"
#include "store/run_json_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kPrefix = "MasterFAT_";
constexpr int kLastNumber = 99;

std::optional<int> to_number(std::string_view text) {
  const auto number = parse_integer(text);
  return number && std::in_range<int>(*number) ? std::optional(static_cast<int>(*number))
                                               : std::nullopt;
}

std::optional<int> master_number(const store::JsonMember& member) {
  return member.name.starts_with(kPrefix)
             ? to_number(std::string_view(member.name).substr(kPrefix.size()))
             : std::nullopt;
}

std::vector<store::JsonMember> read_members(const std::filesystem::path& run_file) {
  auto members = store::split_json_object(store::read_whole(run_file, store::kLongestRunJson));
  if (!members) {
    throw std::runtime_error(fmt::format(
        "{} is not a complete JSON object; restore it from a backup", run_file.string()));
  }
  return std::move(*members);
}

/// "[12] title": 1
std::optional<MasterView::Line> to_line(const store::JsonMember& member) {
  const std::string_view name = member.name;
  const auto close = name.find("] ");
  const auto value = to_number(member.value);
  if (!name.starts_with('[') || close == std::string_view::npos || !value || *value < -1 ||
      *value > 1) {
    return std::nullopt;
  }
  const auto index = to_number(name.substr(1, close - 1));
  if (!index) {
    return std::nullopt;
  }
  return MasterView::Line{
      .index = *index, .title = std::string(name.substr(close + 2)), .value = *value};
}

}  // namespace

std::string next_master_key(const std::filesystem::path& run_file) {
  const auto members = read_members(run_file);
  for (int number = 0; number <= kLastNumber; ++number) {
    auto key = fmt::format("{}{:02}", kPrefix, number);
    if (std::ranges::none_of(members,
                             [&](const store::JsonMember& member) { return member.name == key; })) {
      return key;
    }
  }
  throw std::runtime_error(
      fmt::format("{} holds MasterFAT_00 to MasterFAT_99 already, and the analysis scripts take "
                  "MasterFAT_100 for a module: number a new run with 'fatmaster new-run'",
                  run_file.string()));
}

std::optional<MasterView> newest_master(const std::filesystem::path& run_file) {
  const auto members = read_members(run_file);
  const auto newest = std::ranges::max_element(members, [](const auto& one, const auto& other) {
    return master_number(one).value_or(-1) < master_number(other).value_or(-1);
  });
  if (newest == members.end() || !master_number(*newest)) {
    return std::nullopt;
  }
  MasterView view;
  view.key = newest->name;
  for (const auto& member :
       store::split_json_object(newest->value).value_or(std::vector<store::JsonMember>{})) {
    if (const auto line = to_line(member)) {
      view.lines.push_back(*line);
    }
    view.ended = view.ended || member.name == "end_time";
    view.ours = view.ours || member.name == "Fatmaster";
  }
  return view;
}

}  // namespace fat

#include "store/run_json_copy.hpp"

#include <algorithm>
#include <ranges>
#include <system_error>

namespace fat::store {

namespace {

using Members = std::vector<JsonMember>;

/// The last of a name, as Python reads it.
template <class List>
auto find_last(List& members, const std::string& name) -> decltype(&*members.begin()) {
  auto newest_first = members | std::views::reverse;
  const auto found = std::ranges::find(newest_first, name, &JsonMember::name);
  return found == newest_first.end() ? nullptr : &*found;
}

/// A changed member; of objects only what changed in them.
void take(Members& members, const JsonMember& now, const JsonMember* given, int depth) {
  auto* real = find_last(members, now.name);
  if (real == nullptr) {
    members.push_back(now);
    return;
  }
  const auto inside = split_json_object(real->value);
  const auto inside_given = given == nullptr ? std::nullopt : split_json_object(given->value);
  const auto inside_now = split_json_object(now.value);
  if (depth > 0 || !inside || !inside_given || !inside_now) {
    real->value = now.value;
    return;
  }
  auto merged = *inside;
  for (const auto& member : *inside_now) {
    const auto* before = find_last(*inside_given, member.name);
    if (before == nullptr || before->value != member.value) {
      take(merged, member, before, depth + 1);
    }
  }
  if (merged != *inside) {
    real->value = join_json_object(merged, 1);
  }
}

}  // namespace

std::vector<JsonMember> members_without(std::vector<JsonMember> members,
                                        const std::vector<std::string>& serials,
                                        const std::vector<std::filesystem::path>& folders) {
  std::erase_if(members, [&](const JsonMember& member) {
    return std::ranges::find(serials, member.name) != serials.end();
  });
  for (auto& member : members) {
    const auto path = from_json_string(member.value);
    if (!path || path->empty() || path->front() == '/' || !path->ends_with(".json")) {
      continue;
    }
    for (const auto& folder : folders) {
      std::error_code ignored;
      if (const auto file = folder / *path; std::filesystem::is_regular_file(file, ignored)) {
        member.value = to_json_string(file.lexically_normal().string());
        break;
      }
    }
  }
  return members;
}

std::vector<JsonMember> members_last(std::vector<JsonMember> members,
                                     const std::vector<std::string>& serials) {
  std::ranges::stable_partition(members, [&](const JsonMember& member) {
    return std::ranges::find(serials, member.name) == serials.end();
  });
  return members;
}

std::vector<JsonMember> merge_copy(std::vector<JsonMember> members,
                                   const std::vector<JsonMember>& given,
                                   const std::vector<JsonMember>& now) {
  for (const auto& member : now) {
    const auto* before = find_last(given, member.name);
    if (before == nullptr || before->value != member.value) {
      take(members, member, before, 0);
    }
  }
  return members;
}

}  // namespace fat::store

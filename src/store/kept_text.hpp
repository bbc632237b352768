// A small file that outlives a process -> what it holds, or a sentence why nobody can tell.
// Private.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "store/durable_file.hpp"

namespace fat::store {

constexpr std::uint64_t kLongestKept = 4U << 20U;

/// Who may read and write it.
constexpr unsigned kept_mode(bool for_group) {
  return for_group ? 0660 : 0600;
}

/// {what `parse` made of it, damage}. Without a file, and with a damaged one, nullopt; the damage
/// is empty unless it is damaged. Never throws; the file stays as it is.
template <class Parse>
auto read_kept(const std::filesystem::path& file, const Parse& parse)
    -> std::pair<decltype(parse(std::string{})), std::string> {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
    return {};
  }
  std::string why = "it is not what it should be";
  try {
    if (auto value = parse(read_whole(file, kLongestKept))) {
      return {std::move(value), std::string{}};
    }
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  return {{}, fmt::format("{} cannot be read: {}", file.string(), why)};
}

}  // namespace fat::store

// A program, its words and descriptors -> a shim's process, all signals blocked until it has
// settled.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace fat {

struct ShimSpawn {
  std::vector<std::string> words;  ///< the program's path first
  std::vector<std::string> environment;
  std::vector<std::pair<int, int>> descriptors;  ///< ours, and its number over there
  std::filesystem::path working_folder;          ///< empty: ours
  bool is_silent = false;                        ///< its standard error goes nowhere
};

/// Throws LaunchError.
pid_t spawn_shim(ShimSpawn spawn);

/// The environment without the token of whatever step we run in ourselves.
std::vector<std::string> without_token(std::vector<std::string> environment);

}  // namespace fat

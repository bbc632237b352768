// Words of a command line -> what the program printed and its exit code, in this process.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fat/cli/main.hpp"

namespace fat {

struct CommandRun {
  int exit_code = 0;
  std::string out, err;
};

inline CommandRun run_words(const std::filesystem::path& station, std::vector<std::string> words) {
  words.insert(words.begin(), {"-C", station.string()});
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  CommandRun run;
  run.exit_code = run_command_line(words);
  run.out = testing::internal::GetCapturedStdout();
  run.err = testing::internal::GetCapturedStderr();
  return run;
}

}  // namespace fat

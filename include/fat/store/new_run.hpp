// The modules of a new run -> its number, its run JSON and module JSONs, or nothing at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace fat {

struct NewModule {
  std::string serial;  ///< a file name
  std::string json;    ///< the text of its module JSON
};

struct NewRun {
  std::filesystem::path
      station_folder;                 ///< paths in the run JSON are relative to it if they can be
  std::filesystem::path runs_folder;  ///< gets run/run_NNNNN.json and run_NNNNN/SERIAL.json
  int after = 0;                      ///< the number is higher than this one, too
  std::string comment;
  std::string date;  ///< "YYYY-MM-DD"
  std::vector<NewModule> modules;
};

struct WrittenRun {
  int run = 0;
  std::filesystem::path run_file;
  std::vector<std::string> remarks;  ///< what earlier attempts left that were killed
};

/// Numbers the run one above the highest there is and writes it: first all module JSONs, which get
/// their place in one step, last the run JSON. What is there is durable when it returns; killed at
/// any instant it leaves no run, at most a folder that no run JSON names: the next one says so and
/// takes the next number. Nothing is ever overwritten. Throws std::system_error when a file cannot
/// be written, std::runtime_error when another new run is being written, or a serial is no file
/// name.
WrittenRun write_new_run(const NewRun& run);

/// Numbers of the run JSONs in RUNS/run, ascending.
std::vector<int> run_numbers(const std::filesystem::path& runs_folder);

}  // namespace fat

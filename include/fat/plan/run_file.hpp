// Run JSON and module JSONs -> the modules of a run, what an original run left half done, and what
// is wrong with the files. Reads only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/plan.hpp"
#include "fat/model/problem.hpp"

namespace fat {

/// What MasterFAT_NN entries say about titles; the newest entry that names a title decides
/// (reference 1b, 1c).
struct HalfDone {
  std::string master_key;  ///< the highest one with entries: "MasterFAT_03"
  std::vector<std::string>
      done;               ///< titles with value 1, in the order in which they were first named
  std::size_t open = 0;   ///< entries of the highest one that are not 1 and have no twin that is
  bool complete = false;  ///< the highest one has an end_time and nothing open
};

/// nullopt when the text is no JSON object or holds no MasterFAT_NN with entries.
std::optional<HalfDone> find_half_done(std::string_view run_json);

/// What MasterFAT_NN entries say is of no use to a run that has its journal, and long.
enum class Marks : std::uint8_t { Read, Ignored };

/// `problems` name the file as `load_run_file` was given it, or the module JSON's path.
struct RunFile {
  std::vector<ModuleEntry>
      modules;  ///< those whose module JSON could be read, in the run JSON's order
  std::optional<HalfDone> half_done;
  std::vector<Problem> problems;
};

/// Reads the run JSON and every module JSON it names. Every key that the original's readers do not
/// skip is a module. `folders` are where relative paths are looked for, before the run JSON's own
/// folder.
RunFile load_run_file(const std::filesystem::path& file,
                      const std::string& shown_name,
                      const std::vector<std::filesystem::path>& folders,
                      Marks marks = Marks::Read);

/// The text that stands under `key` at the top of a JSON file; nullopt when the file cannot be read
/// or has no text there.
std::optional<std::string> text_in_json_file(const std::filesystem::path& file,
                                             std::string_view key);

/// Where a module JSON lies that the run JSON names `path`: as it is when absolute, else in the
/// first of `folders`, then the run JSON's folder, that has it.
std::filesystem::path find_module_file(const std::string& path,
                                       const std::vector<std::filesystem::path>& folders,
                                       const std::filesystem::path& run_file);

}  // namespace fat

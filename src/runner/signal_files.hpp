// Files that `valid_when = file:PATH in ...` names -> readings, when a file has changed.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"
#include "runner/reading_filter.hpp"

namespace fat {

class SignalFiles {
 public:
  /// Relative paths follow the station folder.
  SignalFiles(const Plan& plan, std::filesystem::path station);

  /// The plan was edited: these are the files that it names now.
  void follow(const Plan& plan);

  bool empty() const { return files_.empty(); }

  /// What stands in the last line of each file that has changed since the last call, if it is worth
  /// a row of the journal: a number, a unit behind it or none. Read when the file was written. A
  /// file without such a line says nothing: its signal grows old.
  std::vector<SignalRead> changed();

 private:
  std::filesystem::path station_;
  ReadingFilter filter_;
  std::map<std::string, WallTime> files_;  ///< by signal: when it had been written
};

}  // namespace fat

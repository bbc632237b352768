// Calls of stopped processes -> what they did to files, one JSON object a line, in the order of
// their ends. tests/power plays it back on a disk that forgets.
#pragma once

#include <fstream>
#include <map>
#include <string>

#include "tracee.hpp"

namespace fat::tracer {

/// Lines: {"do": "create|write|resize|rename|link|unlink|mkdir|rmdir|sync|unknown", ...}. A file is
/// named by its inode number, which the next file may take over: "create" says so.
class FileLog {
 public:
  /// Only what lies in `folder` is written down.
  FileLog(const std::string& file, std::string folder);

  /// Before the call is carried out: whether an open will make a file.
  void entered(pid_t thread, const Call& call);

  /// After it, with what it returned.
  void left(pid_t thread, const Call& call, std::int64_t result);

 private:
  void opened(pid_t thread, const Call& call, std::int64_t fd);
  void wrote(pid_t thread, const Call& call, std::int64_t length);
  void resized(pid_t thread, const Call& call);
  void allocated(pid_t thread, const Call& call);
  void synced(pid_t thread, const Call& call);
  void named(pid_t thread, const Call& call, const char* what);
  void look_for_unknown(pid_t thread, const Call& call);
  void unknown(pid_t thread, const Call& call, std::size_t place);
  bool is_ours(const std::string& path) const;

  std::ofstream out_;
  std::string folder_;
  std::map<pid_t, bool> existed_;  ///< by thread: what it is about to open
};

/// A text as JSON; bytes outside ASCII become '?'.
std::string quoted(const std::string& text);

}  // namespace fat::tracer

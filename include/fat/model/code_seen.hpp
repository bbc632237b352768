// The code behind steps as it was found on disk: files, what steps are made of, their repositories.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fat {

/// One file. It is hashed again only when one of the four numbers has changed.
struct CodeFile {
  std::string path;    ///< absolute
  std::string sha256;  ///< hex; empty: it could not be read
  std::int64_t size = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;  ///< mtime and ctime since 1970
  std::uint64_t inode = 0;

  bool operator==(const CodeFile&) const = default;
};

/// What steps of one kind run: a Python package with what it imports of its own, or a program with
/// its scripts.
struct CodeUnit {
  std::string name;  ///< the package, or the words that are files
  std::string code;  ///< 16 hex digits over paths and contents: names this state of it
  std::vector<std::string> files;

  bool operator==(const CodeUnit&) const = default;
};

/// A git work tree that files of a unit lie in, as it was at a start.
struct CodeRepository {
  std::string folder;
  std::string commit;  ///< hex; empty: unknown
  std::string state;   ///< "clean", "modified", or why it is unknown

  bool operator==(const CodeRepository&) const = default;
};

/// What was found and not known before: new or changed units with their files.
struct CodeSeen {
  std::vector<CodeFile> files;
  std::vector<CodeUnit> units;
  std::vector<CodeRepository> repositories;  ///< all of them; empty when they were not asked
  std::string accept_drift;  ///< reason, when `strict_code` would have refused the change
};

/// Everything of a run's code that is known by now.
struct KnownCode {
  std::map<std::string, CodeFile> files;  ///< by path
  std::map<std::string, CodeUnit> units;  ///< by name
  std::vector<CodeRepository> repositories;

  void add(const CodeSeen& seen);
};

}  // namespace fat

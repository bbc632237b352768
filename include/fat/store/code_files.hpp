// Names of files -> their contents' hashes, read again only where a file's stat has changed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fat/model/code_seen.hpp"

namespace fat {

/// A unit with its files as they are now.
struct UnitContent {
  CodeUnit unit;
  std::vector<CodeFile> files;
};

/// `name` and `files` (absolute, each once) of a unit. A file that cannot be read, or has more than
/// 64 MiB, counts by its name and stat. Blocks as long as the file system does.
UnitContent read_unit(const std::string& name,
                      const std::vector<std::string>& files,
                      const std::map<std::string, CodeFile>& known);

}  // namespace fat

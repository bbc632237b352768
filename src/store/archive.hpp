// Named pieces of content <-> one tar.zst, through libarchive. Errors are SnapshotError.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "fat/ports/snapshots.hpp"
#include "store/durable_file.hpp"

struct archive;

namespace fat::store {

/// What libarchive says of an archive that cannot be read on.
class BrokenArchive : public SnapshotError {
 public:
  using SnapshotError::SnapshotError;
};

/// Writes entry after entry to an open file.
class ArchiveWriter {
 public:
  ArchiveWriter(const Descriptor& file, std::string name);

  void add(const std::string& entry, std::string_view content);
  /// A file of any size, read piece by piece.
  void add_file(const std::string& entry, const std::filesystem::path& file);
  void close();

 private:
  struct Free {
    void operator()(archive* opened) const noexcept;
  };

  void start_entry(const std::string& entry, std::int64_t size);
  void put(std::string_view bytes);
  void check(int code) const;

  std::string name_;
  std::unique_ptr<archive, Free> archive_;
};

/// What to do with each regular file of an archive: `enter` is called once, then `data` for each
/// piece, then `leave`.
struct ArchiveVisitor {
  /// false: end here, nothing more is read.
  std::function<bool(const std::string& entry)> enter;
  std::function<void(std::string_view bytes)> data;
  std::function<void()> leave;
};

/// `file` is read from its start. Anything but regular files with plain relative names is an error.
void read_archive(const Descriptor& file, const std::string& name, const ArchiveVisitor& visitor);

}  // namespace fat::store

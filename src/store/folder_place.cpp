// Archive -> TARGET/run_00012/NAME, through a temporary file that only one process writes.
#include "store/folder_place.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/run_paths.hpp"
#include "fat/ports/snapshots.hpp"
#include "store/durable_file.hpp"
#include "store/sha256.hpp"
#include "store/snapshot_names.hpp"

namespace fat::store {

namespace {

/// The temporary file, ours alone. A dead process's is taken over.
Descriptor open_temporary(const std::filesystem::path& file) {
  auto descriptor = open_file(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0644);
  if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw SnapshotError(
        fmt::format("another backup is being written to {}", file.parent_path().string()));
  }

  struct stat opened {
  }, named{};

  const bool still_there = ::fstat(descriptor.number(), &opened) == 0 &&
                           ::stat(file.c_str(), &named) == 0 && opened.st_ino == named.st_ino;
  if (!still_there) {
    throw SnapshotError(
        fmt::format("another backup has just been written to {}", file.parent_path().string()));
  }
  if (::ftruncate(descriptor.number(), 0) != 0) {
    throw std::system_error(
        errno, std::generic_category(), fmt::format("cannot write {}", file.string()));
  }
  return descriptor;
}

void copy_to(const Descriptor& output,
             const std::filesystem::path& name,
             const std::filesystem::path& file) {
  read_pieces(file, [&](std::string_view bytes) { write_all(output, bytes, name); });
  if (::fsync(output.number()) != 0) {
    throw std::system_error(
        errno, std::generic_category(), fmt::format("cannot sync {}", name.string()));
  }
  // What the disk gives back is to be compared, not what memory still holds of it.
  ::posix_fadvise(output.number(), 0, 0, POSIX_FADV_DONTNEED);
}

}  // namespace

FolderPlace::FolderPlace(BackupTarget target) : target_(std::move(target)) {}

void FolderPlace::require_target() const {
  if (!std::filesystem::is_directory(target_.target)) {
    throw SnapshotError(not_there(target_));
  }
}

std::filesystem::path FolderPlace::path_of(const StoredArchive& archive) const {
  return snapshot_folder(target_.target, archive.run) / archive.name;
}

std::string FolderPlace::shown(const StoredArchive& archive) const {
  return path_of(archive).string();
}

std::vector<int> FolderPlace::runs() const {
  std::vector<int> runs;
  for (const auto& entry : std::filesystem::directory_iterator(target_.target)) {
    const auto run = run_of_folder(entry.path().filename().string());
    if (run && entry.is_directory()) {
      runs.push_back(*run);
    }
  }
  std::ranges::sort(runs);
  return runs;
}

std::vector<StoredArchive> FolderPlace::list(std::optional<int> run) {
  require_target();
  std::vector<StoredArchive> archives;
  for (const int one : run ? std::vector<int>{*run} : runs()) {
    for (const auto& file : snapshots_in(snapshot_folder(target_.target, one), one)) {
      archives.push_back({.run = one,
                          .name = file.filename().string(),
                          .bytes = std::filesystem::file_size(file)});
    }
  }
  return archives;
}

std::optional<Manifest> FolderPlace::manifest(const StoredArchive& archive) {
  return read_manifest(path_of(archive));
}

void FolderPlace::put(const StoredArchive& archive,
                      const std::filesystem::path& file,
                      const std::string& sha256) {
  require_target();
  const auto folder = snapshot_folder(target_.target, archive.run);
  std::filesystem::create_directories(folder);
  const auto temporary = folder / fmt::format(".{}.tmp", run_name(archive.run));
  const auto output = open_temporary(temporary);
  Temporary unfinished(temporary);
  copy_to(output, temporary, file);
  if (sha256_of(temporary) != sha256) {
    throw SnapshotError(fmt::format("{} reads back differently", temporary.string()));
  }
  if (!rename_to_free_name(temporary, folder / archive.name)) {
    throw SnapshotError(fmt::format("{} exists already", shown(archive)));
  }
  unfinished.keep();
  sync_folder(folder);
  sync_folder(target_.target);
}

std::filesystem::path FolderPlace::fetch(const StoredArchive& archive) {
  return path_of(archive);
}

std::size_t FolderPlace::remove(int run, const std::vector<std::string>& names) {
  std::size_t removed = 0;
  for (const auto& name : names) {
    std::error_code ignored;
    removed +=
        std::filesystem::remove(path_of({.run = run, .name = name, .bytes = 0}), ignored) ? 1U : 0U;
  }
  return removed;
}

std::uint64_t FolderPlace::try_out() {
  require_target();
  auto name = (target_.target / ".fatmaster-try-XXXXXX").string();
  const Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) {
    throw std::system_error(errno,
                            std::generic_category(),
                            fmt::format("{} cannot be written", target_.target.string()));
  }
  ::unlink(name.c_str());
  return std::filesystem::space(target_.target).available;
}

}  // namespace fat::store

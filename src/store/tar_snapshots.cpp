// Collect, compare with the newest, write, read back, name: in that order, so that a name always
// means a good archive.
#include "fat/store/tar_snapshots.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/run_paths.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "store/archive.hpp"
#include "store/durable_file.hpp"
#include "store/sha256.hpp"
#include "store/snapshot_files.hpp"
#include "store/snapshot_manifest.hpp"
#include "store/snapshot_names.hpp"

namespace fat {

namespace {

using store::CollectedFiles;
using store::Manifest;
using store::ManifestFile;

/// A folder of our own for the journal's copy, on a local disk, removed with its content.
class ScratchFolder {
 public:
  ScratchFolder() : path_((std::filesystem::temp_directory_path() / "fatmaster-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "cannot make a folder in TMPDIR");
    }
  }

  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path path() const { return path_; }

 private:
  std::string path_;
};

/// A backup must not be the reason for the next one.
struct IsOfBackup {
  bool operator()(const Noted& /*event*/) const { return true; }

  template <typename Body>
  bool operator()(const Body& event) const {
    if constexpr (requires { AttemptKey(event.key).list; }) {
      return event.key.list == StepList::Backup;
    }
    return false;
  }
};

bool journal_changed(const std::filesystem::path& journal, int run, std::int64_t after) {
  if (!std::filesystem::exists(journal)) {
    return after != 0;
  }
  try {
    const auto events = SqliteJournal(journal, JournalMode::ReadOnly).events(run, after);
    return !std::ranges::all_of(events, [](const StoredEvent& stored) {
      return std::visit(IsOfBackup{}, stored.event.body);
    });
  } catch (const JournalError& error) {
    // Empty: nothing to keep. Damaged: all the more reason to keep what there is.
    return error.fault() != JournalFault::Missing;
  }
}

std::vector<ManifestFile> telling(const std::vector<ManifestFile>& files) {
  std::vector<ManifestFile> result;
  std::ranges::copy_if(files, std::back_inserter(result), [](const ManifestFile& file) {
    return file.name != store::kJournalName && store::tells_of_change(file.name);
  });
  return result;
}

std::vector<ManifestFile> entries_of(const CollectedFiles& collected) {
  std::vector<ManifestFile> entries;
  entries.reserve(collected.files.size());
  for (const auto& file : collected.files) {
    entries.push_back(file.entry);
  }
  return entries;
}

bool same_as(const std::filesystem::path& archive,
             const CollectedFiles& collected,
             const SnapshotRequest& request) {
  const auto manifest = store::read_manifest(archive);
  return manifest && telling(manifest->files) == telling(entries_of(collected)) &&
         !journal_changed(request.journal, manifest->run, manifest->last_event);
}

/// The journal's copy, or nothing and a warning.
std::optional<std::filesystem::path> copy_journal(const SnapshotRequest& request,
                                                  const ScratchFolder& scratch,
                                                  Manifest& manifest,
                                                  std::vector<std::string>& warnings) {
  auto copy = scratch.path() / store::kJournalName;
  try {
    SqliteJournal(request.journal, JournalMode::ReadOnly).snapshot(copy);
    manifest.last_event = SqliteJournal(copy, JournalMode::ReadOnly).last_id();
  } catch (const JournalError& error) {
    if (error.fault() != JournalFault::Missing) {
      warnings.push_back(fmt::format("the journal is not in the backup: {}", error.what()));
    }
    return std::nullopt;
  }
  store::Sha256 sha256;
  store::read_pieces(copy, [&](std::string_view bytes) { sha256.add(bytes); });
  manifest.files.push_back({.name = store::kJournalName,
                            .size = std::filesystem::file_size(copy),
                            .sha256 = store::to_hex(sha256.finish())});
  return copy;
}

/// The temporary file, ours alone. A dead process's is taken over.
store::Descriptor open_temporary(const std::filesystem::path& file) {
  auto descriptor = store::open_file(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0644);
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

void write_archive(const store::Descriptor& output,
                   const std::filesystem::path& name,
                   const Manifest& manifest,
                   const CollectedFiles& collected,
                   const std::optional<std::filesystem::path>& journal) {
  store::ArchiveWriter writer(output, name.string());
  writer.add(store::kManifestName, store::to_json_text(manifest));
  for (const auto& file : collected.files) {
    writer.add(file.entry.name, file.content);
  }
  if (journal) {
    writer.add_file(store::kJournalName, *journal);
  }
  writer.close();
  if (::fsync(output.number()) != 0) {
    throw std::system_error(
        errno, std::generic_category(), fmt::format("cannot sync {}", name.string()));
  }
}

/// Later than every archive there, also when the clock was set back: the order of names is the
/// order of writing.
WallTime time_of_new(int run, const std::vector<std::filesystem::path>& archives, WallTime now) {
  if (archives.empty()) {
    return now;
  }
  const auto newest = store::snapshot_time(run, archives.front().filename().string());
  return std::max(now, newest.value_or(now) + Microseconds{1});
}

std::size_t remove_old(const std::vector<std::filesystem::path>& older, int keep) {
  std::size_t removed = 0;
  // One of those to be kept is the new one.
  for (auto index = static_cast<std::size_t>(std::max(keep - 1, 0));
       keep > 0 && index < older.size();
       ++index) {
    std::error_code ignored;
    removed += std::filesystem::remove(older[index], ignored) ? 1U : 0U;
  }
  return removed;
}

int run_of(const SnapshotRequest& request) {
  const auto run = run_number_of(request.run_file);
  if (!run) {
    throw SnapshotError(fmt::format("{} is not named run_NNNNN.json", request.run_file.string()));
  }
  return *run;
}

std::filesystem::path prepare_folder(const BackupTarget& target, int run) {
  // A target that is not there is a mount that is gone: never make the folder below its mount point
  // instead.
  if (!std::filesystem::is_directory(target.target)) {
    throw SnapshotError(fmt::format("the backup target {} ({}) is not there; is it mounted?",
                                    target.name,
                                    target.target.string()));
  }
  auto folder = store::snapshot_folder(target.target, run);
  std::filesystem::create_directories(folder);
  return folder;
}

SnapshotResult make_snapshot(const BackupTarget& target,
                             const SnapshotRequest& request,
                             WallTime now) {
  const int run = run_of(request);
  const auto folder = prepare_folder(target, run);
  auto collected = store::collect_files(request.run_file);
  const auto archives = store::snapshots_in(folder, run);
  SnapshotResult result;
  result.warnings = std::move(collected.warnings);
  if (!archives.empty() && same_as(archives.front(), collected, request)) {
    result.archive = archives.front();
    result.bytes = std::filesystem::file_size(result.archive);
    return result;
  }
  Manifest manifest{.run = run, .made = to_iso_utc(now), .files = entries_of(collected)};
  const ScratchFolder scratch;
  const auto journal = copy_journal(request, scratch, manifest, result.warnings);
  const auto temporary = folder / fmt::format(".{}.tmp", run_name(run));
  const auto output = open_temporary(temporary);
  store::Temporary unfinished(temporary);
  write_archive(output, temporary, manifest, collected, journal);
  if (store::verify_archive(temporary).files != manifest.files) {
    throw SnapshotError(fmt::format("{} reads back differently", temporary.string()));
  }
  result.archive = folder / store::snapshot_name(run, time_of_new(run, archives, now));
  if (!store::rename_to_free_name(temporary, result.archive)) {
    throw SnapshotError(fmt::format("{} exists already", result.archive.string()));
  }
  unfinished.keep();
  store::sync_folder(folder);
  result.written = true;
  result.bytes = std::filesystem::file_size(result.archive);
  result.files = manifest.files.size();
  result.removed = remove_old(archives, target.keep);
  return result;
}

}  // namespace

SnapshotResult TarSnapshots::make(const BackupTarget& target, const SnapshotRequest& request) {
  // A full, missing or foreign target is told in one sentence, as the port promises.
  try {
    return make_snapshot(target, request, clock_.now().wall);
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
}

std::vector<SnapshotInfo> list_snapshots(const std::filesystem::path& target, int run) {
  std::vector<SnapshotInfo> list;
  try {
    for (const auto& archive : store::snapshots_in(store::snapshot_folder(target, run), run)) {
      list.push_back({.archive = archive, .bytes = std::filesystem::file_size(archive)});
    }
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
  return list;
}

std::size_t restore_snapshot(const std::filesystem::path& archive,
                             const std::filesystem::path& folder) {
  try {
    std::filesystem::create_directories(folder);
    if (!std::filesystem::is_empty(folder)) {
      throw SnapshotError(
          fmt::format("{} is not empty; name a new folder to unpack into", folder.string()));
    }
    const auto manifest = store::verify_archive(archive, folder);
    store::sync_folder(folder);
    return manifest.files.size();
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
}

}  // namespace fat

// Collect, compare with the newest, write, read back, name: in that order, so that a name always
// means a good archive.
#include "fat/store/tar_snapshots.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <fmt/format.h>

#include "fat/model/run_paths.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "store/archive.hpp"
#include "store/durable_file.hpp"
#include "store/retention.hpp"
#include "store/scratch_folder.hpp"
#include "store/sha256.hpp"
#include "store/snapshot_damage.hpp"
#include "store/snapshot_files.hpp"
#include "store/snapshot_manifest.hpp"
#include "store/snapshot_names.hpp"
#include "store/snapshot_place.hpp"

namespace fat {

namespace {

using store::CollectedFiles;
using store::Manifest;
using store::ManifestFile;
using store::StoredArchive;

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

bool same_as(const std::optional<Manifest>& manifest,
             const CollectedFiles& collected,
             const SnapshotRequest& request) {
  return manifest && telling(manifest->files) == telling(entries_of(collected)) &&
         !journal_changed(request.journal, manifest->run, manifest->last_event);
}

/// The journal's copy, or nothing and a warning.
std::optional<std::filesystem::path> copy_journal(const SnapshotRequest& request,
                                                  const store::ScratchFolder& scratch,
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
  manifest.files.push_back({.name = store::kJournalName,
                            .size = std::filesystem::file_size(copy),
                            .sha256 = store::sha256_of(copy)});
  return copy;
}

void write_archive(const std::filesystem::path& file,
                   const Manifest& manifest,
                   const CollectedFiles& collected,
                   const std::optional<std::filesystem::path>& journal) {
  const auto output = store::open_file(file, O_WRONLY | O_CREAT | O_EXCL);
  store::ArchiveWriter writer(output, file.string());
  writer.add(store::kManifestName, store::to_json_text(manifest));
  for (const auto& one : collected.files) {
    writer.add(one.entry.name, one.content);
  }
  if (journal) {
    writer.add_file(store::kJournalName, *journal);
  }
  writer.close();
}

/// Later than every archive there, also when the clock was set back: the order of names is the
/// order of writing.
WallTime time_of_new(int run, const std::vector<StoredArchive>& archives, WallTime now) {
  if (archives.empty()) {
    return now;
  }
  const auto newest = store::snapshot_time(run, archives.front().name);
  return std::max(now, newest.value_or(now) + Microseconds{1});
}

int run_of(const SnapshotRequest& request) {
  const auto run = run_number_of(request.run_file);
  if (!run) {
    throw SnapshotError(fmt::format("{} is not named run_NNNNN.json", request.run_file.string()));
  }
  return *run;
}

/// Makes one snapshot in one target.
class SnapshotMaker {
 public:
  SnapshotMaker(const BackupTarget& target, const SnapshotRequest& request)
      : target_(target),
        request_(request),
        run_(run_of(request)),
        place_(store::open_place(target, scratch_.path())) {}

  SnapshotResult make(WallTime now);

 private:
  StoredArchive write(const Manifest& manifest,
                      const std::optional<std::filesystem::path>& journal,
                      WallTime now);
  std::size_t remove_old(const std::string& newest, const Manifest& manifest);

  const BackupTarget& target_;
  const SnapshotRequest& request_;
  int run_;
  store::ScratchFolder scratch_;
  std::unique_ptr<store::SnapshotPlace> place_;
  CollectedFiles collected_;
  std::vector<StoredArchive> archives_;
};

StoredArchive SnapshotMaker::write(const Manifest& manifest,
                                   const std::optional<std::filesystem::path>& journal,
                                   WallTime now) {
  const auto file = scratch_.path() / "snapshot.tar.zst";
  write_archive(file, manifest, collected_, journal);
  if (store::verify_archive(file).files != manifest.files) {
    throw SnapshotError(fmt::format("{} reads back differently", file.string()));
  }
  StoredArchive archive{.run = run_,
                        .name = store::snapshot_name(run_, time_of_new(run_, archives_, now)),
                        .bytes = std::filesystem::file_size(file)};
  place_->put(archive, file, store::sha256_of(file));
  return archive;
}

/// Only behind a new one that was read back: so the newest good one always stays.
std::size_t SnapshotMaker::remove_old(const std::string& newest, const Manifest& manifest) {
  std::vector<std::string> names{newest};
  names.reserve(archives_.size() + 1);
  for (const auto& archive : archives_) {
    names.push_back(archive.name);
  }
  const auto good = store::last_good_archives(manifest);
  return place_->remove(
      run_, store::superseded(run_, std::move(names), target_.keep, {good.begin(), good.end()}));
}

SnapshotResult SnapshotMaker::make(WallTime now) {
  archives_ = place_->list(run_);
  collected_ = store::collect_files(request_.run_file, request_.station);
  auto damage = store::follow_damage(collected_.damaged,
                                     {.place = *place_,
                                      .archives = archives_,
                                      .target = target_.name,
                                      .journal = request_.journal});
  SnapshotResult result;
  result.warnings = std::move(collected_.warnings);
  std::ranges::move(damage.fresh, std::back_inserter(result.warnings));
  result.known = std::move(damage.known);
  if (!archives_.empty() && same_as(place_->manifest(archives_.front()), collected_, request_)) {
    result.archive = place_->shown(archives_.front());
    result.bytes = archives_.front().bytes;
    return result;
  }
  Manifest manifest{.run = run_,
                    .made = to_iso_utc(now),
                    .files = entries_of(collected_),
                    .damaged = std::move(damage.files)};
  const auto journal = copy_journal(request_, scratch_, manifest, result.warnings);
  const auto archive = write(manifest, journal, now);
  result.written = true;
  result.archive = place_->shown(archive);
  result.bytes = archive.bytes;
  result.files = manifest.files.size();
  result.removed = remove_old(archive.name, manifest);
  return result;
}

}  // namespace

SnapshotResult TarSnapshots::make(const BackupTarget& target, const SnapshotRequest& request) {
  // A full, missing or foreign target is told in one sentence, as the port promises.
  try {
    return SnapshotMaker(target, request).make(clock_.now().wall);
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
}

std::vector<SnapshotInfo> list_snapshots(const BackupTarget& target, std::optional<int> run) {
  try {
    const store::ScratchFolder scratch;
    const auto place = store::open_place(target, scratch.path());
    std::vector<SnapshotInfo> list;
    const auto archives = place->list(run);
    list.reserve(archives.size());
    for (const auto& archive : archives) {
      list.push_back({.run = archive.run,
                      .name = archive.name,
                      .shown = place->shown(archive),
                      .bytes = archive.bytes});
    }
    return list;
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
}

WallTime made_at(const SnapshotInfo& snapshot) {
  return store::snapshot_time(snapshot.run, snapshot.name).value_or(WallTime{});
}

std::size_t verify_snapshot(const BackupTarget& target, const SnapshotInfo& snapshot) {
  try {
    const store::ScratchFolder scratch;
    const auto place = store::open_place(target, scratch.path());
    return store::verify_archive(
               place->fetch({.run = snapshot.run, .name = snapshot.name, .bytes = 0}))
        .files.size();
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
}

std::uint64_t try_target(const BackupTarget& target) {
  try {
    const store::ScratchFolder scratch;
    return store::open_place(target, scratch.path())->try_out();
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
}

}  // namespace fat

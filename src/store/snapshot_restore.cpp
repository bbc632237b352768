// Unpack and compare, stage beside the places, write the note, change names: in that order.
#include "fat/store/snapshot_restore.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "fat/model/run_paths.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "store/durable_file.hpp"
#include "store/json_members.hpp"
#include "store/restore_note.hpp"
#include "store/scratch_folder.hpp"
#include "store/sha256.hpp"
#include "store/snapshot_manifest.hpp"
#include "store/snapshot_names.hpp"
#include "store/snapshot_place.hpp"

namespace fat {

namespace {

using store::Manifest;
using store::ManifestFile;
using store::Placing;

constexpr std::uint64_t kLongestRunJson = 64ULL * 1024 * 1024;

bool is_inside(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const auto relative = std::filesystem::weakly_canonical(file).lexically_relative(
      std::filesystem::weakly_canonical(folder));
  return !relative.empty() && *relative.begin() != "..";
}

/// What goes on being written while nothing changes: an older one must not replace it.
bool is_log(const std::string& name) {
  return name.find(".log") != std::string::npos || name.ends_with(".html");
}

/// Names in an archive -> places in a station.
class Places {
 public:
  Places(const Station& station, const Manifest& manifest, const std::filesystem::path& content)
      : station_(station), run_(run_name(manifest.run)) {
    read_modules(content / "run" / (run_ + ".json"));
  }

  /// nullopt: it has no place inside this station. Throws for what no snapshot holds.
  std::optional<std::filesystem::path> place_of(const std::string& name) const {
    const std::filesystem::path path{name};
    if (name == store::kJournalName) {
      return station_.state / name;
    }
    const auto folder = path.parent_path();
    if ((folder == "run" && path.filename() == run_ + ".json") || folder == run_) {
      return station_.runs / path;
    }
    if (folder != "modules") {
      throw SnapshotError(
          fmt::format("the backup holds '{}', which no backup of a run does: refused", name));
    }
    const auto module = modules_.find(path.stem().string());
    return module == modules_.end() ? std::nullopt : std::optional{module->second};
  }

 private:
  /// Where the run JSON names them, but never outside of the station.
  void read_modules(const std::filesystem::path& run_json) {
    std::error_code none;
    const auto members =
        std::filesystem::exists(run_json, none)
            ? store::split_json_object(store::read_whole(run_json, kLongestRunJson))
            : std::nullopt;
    for (const auto& member : members.value_or(std::vector<store::JsonMember>{})) {
      const auto file = station_.folder / store::from_json_string(member.value).value_or("");
      if (file.extension() == ".json" &&
          (is_inside(file, station_.folder) || is_inside(file, station_.runs))) {
        modules_[std::filesystem::path(member.name).filename().string()] = file.lexically_normal();
      }
    }
  }

  const Station& station_;
  std::string run_;
  std::map<std::string, std::filesystem::path> modules_;
};

/// NAME.replaced-20261121T023344Z, or with a number behind it.
std::filesystem::path free_aside(const std::filesystem::path& file, WallTime now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const auto name = fmt::format("{}.replaced-{:%Y%m%dT%H%M%SZ}",
                                file.string(),
                                fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
  auto aside = name;
  for (int number = 2; std::filesystem::exists(aside); ++number) {
    aside = fmt::format("{}-{}", name, number);
  }
  return aside;
}

/// The newest event of a journal that is whole; nullopt for any other.
std::optional<std::int64_t> last_of_whole(const std::filesystem::path& journal) {
  try {
    const SqliteJournal opened(journal, JournalMode::ReadOnly);
    opened.verify();
    return opened.last_id();
  } catch (const JournalError&) {
    return std::nullopt;  // absent or damaged: nothing of it is to be compared
  }
}

bool is_same(const ManifestFile& file,
             const std::filesystem::path& there,
             std::int64_t last_event) {
  if (file.name == store::kJournalName) {
    return last_of_whole(there) == last_event;
  }
  return std::filesystem::is_regular_file(there) &&
         std::filesystem::file_size(there) == file.size && store::sha256_of(there) == file.sha256;
}

std::string about_journal(const std::filesystem::path& present, std::int64_t last_event) {
  const auto last = last_of_whole(present);
  if (!last) {
    return fmt::format("the present journal {} is damaged; that of the backup ends with event {}",
                       present.string(),
                       last_event);
  }
  return fmt::format(
      "the journal goes back from event {} to event {}, for all runs of the station: what was done "
      "since is not known afterwards, and what has left an attempt folder is asked about",
      *last,
      last_event);
}

bool is_wanted(const std::string& name, const std::string& only) {
  return only.empty() || name == only || std::filesystem::path(name).filename() == only;
}

/// Compares a snapshot with a station.
class Planning {
 public:
  Planning(const Manifest& manifest, Places places, const std::string& only, WallTime now)
      : manifest_(manifest), places_(std::move(places)), only_(only), now_(now) {}

  RestorePlan plan() const {
    RestorePlan plan;
    bool found = false;
    for (const auto& file : manifest_.files) {
      const auto place = places_.place_of(file.name);  // throws for a stranger's, wanted or not
      if (is_wanted(file.name, only_)) {
        found = true;
        add(plan, file, place);
      }
    }
    if (!found) {
      throw SnapshotError(
          fmt::format("the backup holds no '{}'; `--to FOLDER` unpacks all it has", only_));
    }
    return plan;
  }

 private:
  bool stays(const ManifestFile& file, const std::filesystem::path& place, bool exists) const {
    return is_same(file, place, manifest_.last_event) ||
           (exists && only_.empty() && is_log(file.name));
  }

  void add(RestorePlan& plan,
           const ManifestFile& file,
           const std::optional<std::filesystem::path>& place) const {
    if (!place) {
      plan.notes.push_back(fmt::format(
          "left out: {} lies outside of this station; `--to FOLDER` unpacks it", file.name));
      return;
    }
    const bool exists = std::filesystem::exists(std::filesystem::symlink_status(*place));
    if (stays(file, *place, exists)) {
      ++plan.same;
      return;
    }
    if (exists && file.name == store::kJournalName) {
      plan.notes.push_back(about_journal(*place, manifest_.last_event));
    }
    plan.files.push_back({.name = file.name,
                          .to = *place,
                          .aside = exists ? free_aside(*place, now_) : std::filesystem::path{}});
  }

  const Manifest& manifest_;
  Places places_;
  const std::string& only_;
  WallTime now_;
};

/// Beside its place, complete and durable.
std::filesystem::path stage(const std::filesystem::path& from,
                            const RestoredFile& file,
                            unsigned mode) {
  std::filesystem::create_directories(file.to.parent_path());
  auto staged = file.to.parent_path() / fmt::format(".{}.restored", file.to.filename().string());

  struct stat there {};

  if (::stat(file.to.c_str(), &there) == 0) {
    mode = there.st_mode & 07777U;
  }
  const auto output = store::open_file(staged, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
  store::read_pieces(from,
                     [&](std::string_view bytes) { store::write_all(output, bytes, staged); });
  ::fchmod(output.number(), mode);
  store::sync_file(staged);
  store::sync_folder(file.to.parent_path());
  return staged;
}

unsigned mode_of_new(const RestoredFile& file, const Station& station) {
  const bool journal = file.name == store::kJournalName;
  if (station.group.empty()) {
    return journal ? 0600 : 0644;
  }
  return journal ? 0660 : 0664;
}

std::filesystem::path with_ending(const std::filesystem::path& file, const char* ending) {
  return file.string() + ending;
}

Placing placing_of(const RestoredFile& file, std::filesystem::path staged) {
  Placing placing{.from = std::move(staged), .to = file.to, .aside = file.aside, .before = {}};
  if (file.name == store::kJournalName && !file.aside.empty()) {
    for (const char* ending : {"-wal", "-shm"}) {
      placing.before.emplace_back(with_ending(file.to, ending), with_ending(file.aside, ending));
    }
  }
  return placing;
}

/// What is thrown below this, in the words of the interface.
template <class Work>
auto told_as_snapshot_error(const Work& work) {
  try {
    return work();
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
}

}  // namespace

bool RestorePlan::replaces() const {
  return std::ranges::any_of(files, [](const RestoredFile& file) { return !file.aside.empty(); });
}

UnpackedSnapshot::UnpackedSnapshot(const BackupTarget& target, const SnapshotInfo& snapshot)
    : scratch_(std::make_unique<store::ScratchFolder>()) {
  told_as_snapshot_error([&] {
    const auto place = store::open_place(target, scratch_->path());
    std::filesystem::create_directory(content());
    manifest_ = std::make_unique<Manifest>(store::verify_archive(
        place->fetch({.run = snapshot.run, .name = snapshot.name, .bytes = 0}), content()));
  });
}

UnpackedSnapshot::UnpackedSnapshot(const std::filesystem::path& archive)
    : scratch_(std::make_unique<store::ScratchFolder>()) {
  told_as_snapshot_error([&] {
    std::filesystem::create_directory(content());
    manifest_ = std::make_unique<Manifest>(store::verify_archive(archive, content()));
  });
}

UnpackedSnapshot::~UnpackedSnapshot() = default;

std::filesystem::path UnpackedSnapshot::content() const {
  return scratch_->path() / "content";
}

RestorePlan UnpackedSnapshot::plan(const Station& station,
                                   const std::string& only,
                                   WallTime now) const {
  return told_as_snapshot_error([&] {
    const Planning planning{*manifest_, Places(station, *manifest_, content()), only, now};
    return planning.plan();
  });
}

void UnpackedSnapshot::put_back(const RestorePlan& plan, const Station& station) const {
  told_as_snapshot_error([&] {
    std::vector<Placing> placings;
    std::vector<std::unique_ptr<store::Temporary>> unfinished;
    placings.reserve(plan.files.size());
    unfinished.reserve(plan.files.size());
    for (const auto& file : plan.files) {
      auto staged = stage(content() / file.name, file, mode_of_new(file, station));
      unfinished.push_back(std::make_unique<store::Temporary>(staged));
      placings.push_back(placing_of(file, std::move(staged)));
    }
    store::write_note(store::restore_note(station.state), placings);
    for (const auto& staged : unfinished) {
      staged->keep();
    }
    finish_restore(station.state);
  });
}

bool is_restore_unfinished(const std::filesystem::path& state_folder) {
  std::error_code none;
  return std::filesystem::exists(store::restore_note(state_folder), none);
}

bool finish_restore(const std::filesystem::path& state_folder) {
  if (!is_restore_unfinished(state_folder)) {
    return false;
  }
  told_as_snapshot_error([&] {
    const auto note = store::restore_note(state_folder);
    for (const auto& placing : store::read_note(note)) {
      store::put_in_place(placing);
    }
    std::filesystem::remove(note);
    store::sync_folder(state_folder);
  });
  return true;
}

std::size_t restore_snapshot(const std::filesystem::path& archive,
                             const std::filesystem::path& folder) {
  return told_as_snapshot_error([&] {
    std::filesystem::create_directories(folder);
    if (!std::filesystem::is_empty(folder)) {
      throw SnapshotError(
          fmt::format("{} is not empty; name a new folder to unpack into", folder.string()));
    }
    const auto manifest = store::verify_archive(archive, folder);
    store::sync_folder(folder);
    return manifest.files.size();
  });
}

std::size_t restore_snapshot(const BackupTarget& target,
                             const SnapshotInfo& snapshot,
                             const std::filesystem::path& folder) {
  return told_as_snapshot_error([&] {
    const store::ScratchFolder scratch;
    const auto place = store::open_place(target, scratch.path());
    return restore_snapshot(place->fetch({.run = snapshot.run, .name = snapshot.name, .bytes = 0}),
                            folder);
  });
}

}  // namespace fat

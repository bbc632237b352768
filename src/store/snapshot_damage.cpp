// Each manifest says where the last good version of a damaged file is, so that only the newest one
// has to be read.
#include "store/snapshot_damage.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/store/sqlite_journal.hpp"

namespace fat::store {

namespace {

struct Newest {
  std::string name;
  Manifest manifest;
};

/// The newest that can be read.
std::optional<Newest> newest_readable(const EarlierSnapshots& earlier) {
  for (const auto& archive : earlier.archives) {
    if (auto manifest = earlier.place.manifest(archive)) {
      return Newest{.name = archive.name, .manifest = std::move(*manifest)};
    }
  }
  return std::nullopt;
}

std::string shown_step(const AttemptStarted& started) {
  return fmt::format("[{}] {}", started.index, started.key.title);
}

/// Steps that ran at some time after that event, in order of their first start.
std::vector<std::string> steps_since(const std::filesystem::path& journal,
                                     int run,
                                     std::int64_t event) {
  std::vector<std::pair<AttemptKey, std::string>> running;
  std::vector<std::string> steps;
  for (const auto& stored : SqliteJournal(journal, JournalMode::ReadOnly).events(run)) {
    if (const auto* started = std::get_if<AttemptStarted>(&stored.event.body);
        started != nullptr && started->key.list != StepList::Backup) {
      running.emplace_back(started->key, shown_step(*started));
    } else if (const auto* ended = std::get_if<AttemptEnded>(&stored.event.body);
               ended != nullptr && stored.id <= event) {
      std::erase_if(running, [&](const auto& one) { return one.first == ended->key; });
    }
  }
  for (auto& [key, shown] : running) {
    if (std::ranges::find(steps, shown) == steps.end()) {
      steps.push_back(std::move(shown));
    }
  }
  return steps;
}

std::string told_steps(const EarlierSnapshots& earlier, const DamagedFile& file) {
  if (file.last_good.empty()) {
    return {};
  }
  try {
    const auto steps = steps_since(earlier.journal, earlier.archives.front().run, file.good_event);
    return steps.empty() ? "; no step of this run has run since then"
                         : fmt::format("; since then ran: {}", fmt::join(steps, ", "));
  } catch (const JournalError& error) {
    return fmt::format("; which steps ran since then cannot be said: {}", error.what());
  }
}

/// `since`: what ran since; it grows from snapshot to snapshot, only the first can blame.
std::string sentence(const DamagedFile& file,
                     const DamageSeen& seen,
                     const EarlierSnapshots& earlier,
                     const std::string& since) {
  const auto start = fmt::format("{} {}", seen.file.string(), file.what);
  if (file.last_good.empty()) {
    return start + ". No backup there has it whole";
  }
  return fmt::format(
      "{}. It was whole in {}{}. The good version back (the bad one is kept aside): "
      "fatmaster restore {} --from '{}' --only '{}' --replace",
      start,
      file.last_good,
      since,
      file.last_good,
      earlier.target,
      file.name);
}

const DamagedFile* known_damage(const std::optional<Newest>& newest, const std::string& name) {
  if (!newest) {
    return nullptr;
  }
  const auto& damaged = newest->manifest.damaged;
  const auto found = std::ranges::find(damaged, name, &DamagedFile::name);
  return found == damaged.end() ? nullptr : &*found;
}

DamagedFile fresh_damage(const std::optional<Newest>& newest, const DamageSeen& seen) {
  DamagedFile file{.name = seen.name, .what = seen.what, .last_good = {}};
  if (newest && std::ranges::find(newest->manifest.files, seen.name, &ManifestFile::name) !=
                    newest->manifest.files.end()) {
    file.last_good = newest->name;
    file.good_event = newest->manifest.last_event;
  }
  return file;
}

}  // namespace

DamageReport follow_damage(const std::vector<DamageSeen>& seen, const EarlierSnapshots& earlier) {
  DamageReport report;
  if (seen.empty()) {
    return report;
  }
  const auto newest = newest_readable(earlier);
  for (const auto& one : seen) {
    const auto* before = known_damage(newest, one.name);
    auto file = before != nullptr ? *before : fresh_damage(newest, one);
    file.what = one.what;
    if (one.gone && file.last_good.empty()) {
      continue;  // it was never there
    }
    if (before != nullptr) {
      report.known.push_back(sentence(file, one, earlier, {}));
    } else {
      report.fresh.push_back(sentence(file, one, earlier, told_steps(earlier, file)));
    }
    report.files.push_back(std::move(file));
  }
  return report;
}

std::vector<std::string> last_good_archives(const Manifest& manifest) {
  std::vector<std::string> names;
  names.reserve(manifest.damaged.size());
  for (const auto& file : manifest.damaged) {
    names.push_back(file.last_good);
  }
  return names;
}

}  // namespace fat::store

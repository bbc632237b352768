// Read under a lock, merge, replace; what cannot be read is kept aside and restored, never written
// over.
#include "fat/store/run_json_file.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/run_paths.hpp"
#include "store/durable_file.hpp"
#include "store/json_members.hpp"
#include "store/run_json_copy.hpp"
#include "store/run_json_text.hpp"
#include "store/run_view.hpp"

namespace fat {

namespace {

constexpr std::chrono::milliseconds kPause{20};

using store::JsonMember;

/// Calls `attempt` until it is true or `patience` is over.
template <typename Attempt>
bool try_for(std::chrono::milliseconds patience, const Attempt& attempt) {
  for (auto left = patience;; left -= kPause) {
    if (attempt()) {
      return true;
    }
    if (left <= std::chrono::milliseconds::zero()) {
      return false;
    }
    ::poll(nullptr, 0, static_cast<int>(std::min(left, kPause).count()));
  }
}

store::Descriptor lock(const std::filesystem::path& run_file, std::chrono::milliseconds patience) {
  const auto file = run_file.parent_path() / fmt::format(".{}.lock", run_file.filename().string());
  auto descriptor = store::open_file(file, O_RDWR | O_CREAT, 0666);
  if (!try_for(patience, [&] { return ::flock(descriptor.number(), LOCK_EX | LOCK_NB) == 0; })) {
    throw std::runtime_error(fmt::format(
        "{} is locked by another program (lock file {})", run_file.string(), file.string()));
  }
  return descriptor;
}

/// What tells that somebody else wrote the file since we read it.
struct Stamp {
  ino_t inode = 0;
  off_t size = 0;
  timespec modified{};

  bool operator==(const Stamp& other) const {
    return inode == other.inode && size == other.size && modified.tv_sec == other.modified.tv_sec &&
           modified.tv_nsec == other.modified.tv_nsec;
  }
};

std::optional<Stamp> stamp_of(const std::filesystem::path& file) {
  struct stat status {};

  if (::stat(file.c_str(), &status) != 0) {
    return std::nullopt;
  }
  return Stamp{.inode = status.st_ino, .size = status.st_size, .modified = status.st_mtim};
}

/// A file as it was read: `members` are absent when it is missing or damaged.
struct Content {
  std::optional<Stamp> stamp;
  std::string text;
  std::optional<std::vector<JsonMember>> members;
};

Content read(const std::filesystem::path& file) {
  Content content;
  content.stamp = stamp_of(file);
  if (content.stamp) {
    content.text = store::read_whole(file, store::kLongestRunJson);
    content.members = store::split_json_object(content.text);
  }
  return content;
}

Content read_patiently(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  Content content;
  try_for(patience, [&] {
    content = read(file);
    return content.members.has_value();
  });
  return content;
}

std::filesystem::path last_good_file(const std::filesystem::path& run_file) {
  return run_folder(run_file) / fmt::format("{}.last_good", run_file.filename().string());
}

/// Another name for the damaged file: nothing of it is lost when the good one takes its place.
std::filesystem::path keep_aside(const std::filesystem::path& file, WallTime now) {
  const auto time =
      fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  for (int number = 0;; ++number) {
    const auto suffix = number == 0 ? std::string{} : fmt::format("-{}", number);
    const std::filesystem::path aside = fmt::format("{}.damaged-{}{}", file.string(), time, suffix);
    if (::link(file.c_str(), aside.c_str()) == 0) {
      return aside;
    }
    if (errno == EEXIST) {
      continue;
    }
    std::filesystem::copy_file(file, aside);  // a file system without hard links
    store::sync_file(aside);
    return aside;
  }
}

std::string what_is_wrong(const std::filesystem::path& file, const Content& content) {
  return fmt::format("{} {}", file.string(), content.stamp ? "is not complete JSON" : "is missing");
}

/// The members of the newest good copy; what was found instead is kept aside and said.
std::vector<JsonMember> restore(const std::filesystem::path& file,
                                const std::filesystem::path& good_file,
                                const Content& found,
                                WallTime now,
                                std::vector<std::string>& warnings) {
  auto good = read(good_file);
  if (!good.members) {
    throw std::runtime_error(fmt::format(
        "{}, and there is no good copy {}: repair it by hand or with 'fatmaster restore'; "
        "it was not touched",
        what_is_wrong(file, found),
        good_file.string()));
  }
  if (!found.stamp) {
    warnings.push_back(
        fmt::format("{}; restored from {}: what tasks wrote into it since then is lost",
                    what_is_wrong(file, found),
                    good_file.string()));
    return std::move(*good.members);
  }
  const auto aside = keep_aside(file, now);
  warnings.push_back(
      fmt::format("{}; kept as {} and restored from {}: what tasks wrote into it since then stands "
                  "only in the damaged one",
                  what_is_wrong(file, found),
                  aside.string(),
                  good_file.string()));
  return std::move(*good.members);
}

void keep_good_copy(const std::filesystem::path& good_file,
                    const std::string& text,
                    const std::filesystem::path& like) {
  if (read(good_file).text == text) {
    return;
  }
  std::filesystem::create_directories(good_file.parent_path());
  // What a power cut takes from this copy is on the disk in the run JSON itself, and copied again
  // by the next write.
  store::replace_file(good_file, text, {.as = like, .durable = false});
}

}  // namespace

RunJsonFile::RunJsonFile(std::filesystem::path run_file, const Clock& clock, RunJsonOptions options)
    : run_file_(std::move(run_file)), clock_(clock), options_(std::move(options)) {}

std::vector<std::string> RunJsonFile::write(const RunSummary& summary) {
  return rewrite([&](auto members) {
    return store::merge_run_view(std::move(members), summary, options_.version, clock_.now().wall);
  });
}

std::string RunJsonFile::text_for(const AttemptStarted& attempt) {
  const auto content = read_patiently(run_file_, options_.patience);
  if (!content.members) {
    throw std::runtime_error(what_is_wrong(run_file_, content));
  }
  const std::vector folders{options_.station, run_file_.parent_path()};
  auto members = store::members_without(*content.members, attempt.without, folders);
  return store::join_json_object(store::members_last(std::move(members), attempt.last), 0);
}

std::vector<std::string> RunJsonFile::take_back(const std::filesystem::path& folder) {
  const auto copy = folder / run_file_.filename();
  const std::filesystem::path given_file = copy.string() + ".given";
  const auto given = read(given_file);
  if (!given.stamp) {
    return {};
  }
  const auto now = read_patiently(copy, options_.patience);
  std::vector<std::string> warnings;
  if (!given.members || !now.members) {
    warnings.push_back(
        fmt::format("{}: what the step wrote there is not in the run JSON; see for yourself",
                    what_is_wrong(given.members ? copy : given_file, given.members ? now : given)));
  } else if (now.text != given.text) {
    warnings = rewrite([&](auto members) {
      return store::merge_copy(std::move(members), *given.members, *now.members);
    });
  }
  std::filesystem::rename(given_file, copy.string() + ".taken");
  return warnings;
}

std::vector<std::string> RunJsonFile::rewrite(const Merge& merge) {
  // A link stays a link: what it points to is replaced.
  const auto file = std::filesystem::weakly_canonical(run_file_);
  const auto good_file = last_good_file(run_file_);
  const auto now = clock_.now().wall;
  const auto locked = lock(file, options_.patience);
  std::vector<std::string> warnings;
  constexpr int rounds = 5;
  for (int round = 1;; ++round) {
    auto content = read_patiently(file, options_.patience);
    const bool good = content.members.has_value();
    auto members =
        good ? std::move(*content.members) : restore(file, good_file, content, now, warnings);
    const auto text = store::join_json_object(merge(std::move(members)), 0);
    if (good && text == content.text) {
      keep_good_copy(good_file, text, file);
      return warnings;
    }
    // A task that does not know the lock may have written since: then its words are merged too.
    if (round < rounds && stamp_of(file) != content.stamp) {
      continue;
    }
    store::replace_file(file, text, {.as = good ? file : good_file});
    keep_good_copy(good_file, text, file);
    return warnings;
  }
}

}  // namespace fat

// rsync twice: to copy, and to compare what lies there byte by byte through checksums.
#include "fat/store/data_copy.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/plain_text.hpp"
#include "fat/ports/snapshots.hpp"
#include "store/program.hpp"
#include "store/remote_shell.hpp"
#include "store/snapshot_place.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestComplaint = 300;
constexpr int kSshBroke = 255, kStreamBroke = 12;
constexpr int kCopied = 100;  // per cent; comparing says no more

/// "  1,234  56%  ..." -> 56; -1 when nothing of it is a percentage.
int percentage(std::string_view text) {
  const auto sign = text.rfind('%');
  if (sign == std::string_view::npos) {
    return -1;
  }
  auto start = sign;
  while (start > 0 && std::isdigit(static_cast<unsigned char>(text[start - 1])) != 0) {
    --start;
  }
  int percent = 0;
  for (const char c : text.substr(start, std::min<std::size_t>(sign - start, 3))) {
    percent = (percent * 10) + (c - '0');
  }
  return start == sign ? -1 : percent;
}

/// What is common to both.
std::vector<std::string> rsync_words(const BackupTarget& target) {
  std::vector<std::string> words{"nice", "-n10", "rsync", "--archive", "--protect-args"};
  if (!target.host.empty()) {
    words.push_back(fmt::format("--rsh={}", fmt::join(store::ssh_words(), " ")));
  }
  return words;
}

[[noreturn]] void fail_copy(const BackupTarget& target, const store::ProgramEnd& end) {
  if (end.status == store::kProgramMissing) {
    throw SnapshotError("data are copied by rsync: install it here");
  }
  if (!target.host.empty() && (end.status == kSshBroke || end.status == kStreamBroke)) {
    throw SnapshotError(store::ssh_trouble(target.host, end.error) +
                        "; the same command goes on from here (rsync must be there, too)");
  }
  throw SnapshotError(fmt::format("{}: rsync ended with {}: {}; the same command goes on from here",
                                  shown_place(target),
                                  end.status,
                                  plain_text(end.error, kLongestComplaint)));
}

void make_folder(const BackupTarget& target, const std::string& name) {
  if (!target.host.empty()) {
    store::run_remote(target.host,
                      fmt::format("cd -- {} 2>/dev/null || {{ echo {} >&2; exit 1; }}\nmkdir -p {}",
                                  store::shell_quoted(target.target.string()),
                                  store::shell_quoted(store::not_there(target)),
                                  store::shell_quoted(name)));
    return;
  }
  if (!std::filesystem::is_directory(target.target)) {
    throw SnapshotError(store::not_there(target));
  }
  std::filesystem::create_directories(target.target / name);
}

/// By size and time, or by checksum.
enum class Changed { Quickly, Surely };

struct Way {
  std::string from, to;
};

/// false: the watch had enough.
bool transfer(const BackupTarget& target, const Way& way, Changed changed, const CopyWatch& watch) {
  auto words = rsync_words(target);
  if (changed == Changed::Surely) {
    words.emplace_back("--checksum");
  }
  // A file that was cut short is gone on with, and has its name when it is whole.
  words.insert(
      words.end(),
      {"--partial-dir=.rsync-partial", "--no-inc-recursive", "--info=progress2", way.from, way.to});
  bool wanted = true;
  int percent = 0;
  const auto end =
      store::run_program({.words = std::move(words), .take = [&](std::string_view said) {
                            const int further = percentage(said);
                            percent = further < 0 ? percent : further;
                            wanted = wanted && watch(percent);
                            return wanted;
                          }});
  if (wanted && end.status != 0) {
    fail_copy(target, end);
  }
  return wanted;
}

/// Names of the files that are not the same; nullopt: the watch had enough.
std::optional<std::vector<std::string>> differing(const BackupTarget& target,
                                                  const Way& way,
                                                  const CopyWatch& watch) {
  auto words = rsync_words(target);
  words.insert(words.end(), {"--checksum", "--dry-run", "--out-format=%n", way.from, way.to});
  std::string said;
  bool wanted = true;
  const auto end =
      store::run_program({.words = std::move(words), .take = [&](std::string_view bytes) {
                            said += bytes;
                            wanted = wanted && watch(kCopied);
                            return wanted;
                          }});
  if (!wanted) {
    return std::nullopt;
  }
  if (end.status != 0) {
    fail_copy(target, end);
  }
  std::vector<std::string> names;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && !line.ends_with('/')) {  // of folders only the times differ
      names.push_back(line);
    }
  }
  return names;
}

/// Takes what is `different` into the copy; not whole when the watch had enough.
void take_different(DataCopy& copy, std::optional<std::vector<std::string>> different) {
  copy.whole = different.has_value();
  copy.different = std::move(different).value_or(std::vector<std::string>{});
}

}  // namespace

DataCopy copy_data(const BackupTarget& target,
                   const std::filesystem::path& folder,
                   const std::string& name,
                   const CopyWatch& watch) {
  try {
    make_folder(target, name);
    DataCopy copy{.to = shown_place(target) + "/" + name};
    const Way way{.from = folder.string() + "/", .to = copy.to + "/"};
    if (transfer(target, way, Changed::Quickly, watch)) {
      take_different(copy, differing(target, way, watch));
    }
    // Of the same size and time, yet not the same: damaged there.
    if (!copy.different.empty()) {
      copy.whole = transfer(target, way, Changed::Surely, watch);
      if (copy.whole) {
        take_different(copy, differing(target, way, watch));
      }
    }
    return copy;
  } catch (const std::system_error& error) {
    throw SnapshotError(error.what());
  }
}

}  // namespace fat

// One connection for each function: the host is asked little, and nothing is half done between two.
#include "store/ssh_place.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/ports/snapshots.hpp"
#include "store/durable_file.hpp"
#include "store/remote_shell.hpp"
#include "store/snapshot_names.hpp"

namespace fat::store {

namespace {

/// {run}: run_00012. {name}: the archive's. {sha256}: what must arrive.
constexpr auto kPutScript = R"(mkdir -p {run} && cd {run} || exit 1
t=.{run}.tmp
exec 9>>"$t" || exit 1
if command -v flock >/dev/null && ! flock -n 9; then
  echo "another backup is being written to {run}" >&2; exit 1
fi
cat > "$t" && sync "$t" || {{ rm -f "$t"; exit 1; }}
s=$(sha256sum < "$t")
if [ "${{s%% *}}" != {sha256} ]; then
  rm -f "$t"
  echo "what arrived is not what was sent: the connection was closed half-way, or the disk there is damaged" >&2
  exit 1
fi
if [ -e {name} ]; then echo "{name} exists already" >&2; exit 1; fi
mv "$t" {name} && sync . ..
)";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// "1234 run_00012/run_00012_....tar.zst"; nullopt for what is not ours.
std::optional<StoredArchive> stored_archive(const std::string& line) {
  const auto space = line.find(' ');
  const auto slash = line.find('/');
  if (space == std::string::npos || slash == std::string::npos || slash < space) {
    return std::nullopt;
  }
  const auto bytes = parse_integer(line.substr(0, space));
  const auto run = run_of_folder(line.substr(space + 1, slash - space - 1));
  auto name = line.substr(slash + 1);
  if (!bytes || *bytes < 0 || !run || !snapshot_time(*run, name)) {
    return std::nullopt;
  }
  return StoredArchive{
      .run = *run, .name = std::move(name), .bytes = static_cast<std::uint64_t>(*bytes)};
}

}  // namespace

SshPlace::SshPlace(BackupTarget target, std::filesystem::path scratch)
    : target_(std::move(target)), scratch_(std::move(scratch)) {}

std::string SshPlace::script(const std::string& rest) const {
  return fmt::format("cd -- {} 2>/dev/null || {{ echo {} >&2; exit 1; }}\n{}",
                     shell_quoted(target_.target.string()),
                     shell_quoted(not_there(target_)),
                     rest);
}

std::string SshPlace::shown(const StoredArchive& archive) const {
  return fmt::format("{}/{}/{}", shown_place(target_), run_name(archive.run), archive.name);
}

std::vector<StoredArchive> SshPlace::list(std::optional<int> run) {
  const auto said = run_remote(
      target_.host,
      script(fmt::format(
          R"(for f in {}/run_*Z.tar.zst; do if [ -f "$f" ]; then stat -c '%s %n' "$f"; fi; done)",
          run ? run_name(*run) : "run_*")));
  std::vector<StoredArchive> archives;
  for (const auto& line : lines_of(said)) {
    if (auto archive = stored_archive(line)) {
      archives.push_back(std::move(*archive));
    }
  }
  std::ranges::sort(archives, [](const StoredArchive& one, const StoredArchive& other) {
    return one.run != other.run ? one.run < other.run : one.name > other.name;
  });
  return archives;
}

std::filesystem::path SshPlace::bring(const StoredArchive& archive, const std::string& program) {
  auto file = scratch_ / archive.name;
  const auto output = open_file(file, O_WRONLY | O_CREAT | O_TRUNC);
  run_remote(target_.host,
             script(fmt::format("{} {}/{}", program, run_name(archive.run), archive.name)),
             {.input = -1, .output = output.number()});
  return file;
}

std::optional<Manifest> SshPlace::manifest(const StoredArchive& archive) {
  const auto start = bring(archive, "head -c 4194304");
  auto manifest = read_manifest(start);
  std::filesystem::remove(start);
  return manifest;
}

void SshPlace::put(const StoredArchive& archive,
                   const std::filesystem::path& file,
                   const std::string& sha256) {
  const auto input = open_file(file, O_RDONLY);
  run_remote(target_.host,
             script(fmt::format(kPutScript,
                                fmt::arg("run", run_name(archive.run)),
                                fmt::arg("name", archive.name),
                                fmt::arg("sha256", sha256))),
             {.input = input.number(), .output = -1});
}

std::filesystem::path SshPlace::fetch(const StoredArchive& archive) {
  return bring(archive, "cat");
}

std::size_t SshPlace::remove(int run, const std::vector<std::string>& names) {
  if (names.empty()) {
    return 0;
  }
  run_remote(target_.host,
             script(fmt::format("cd {} && rm -f -- {}", run_name(run), fmt::join(names, " "))));
  return names.size();
}

std::uint64_t SshPlace::try_out() {
  const auto said = run_remote(target_.host,
                               script("t=.fatmaster-try-$$; : > \"$t\" && rm -f \"$t\" || exit 1\n"
                                      "df -Pk . | awk 'END { print $4 }'"));
  const auto kibibytes = parse_integer(said.substr(0, said.find('\n')));
  return kibibytes && *kibibytes > 0 ? static_cast<std::uint64_t>(*kibibytes) * 1024 : 0;
}

}  // namespace fat::store

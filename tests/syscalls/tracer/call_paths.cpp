// A system call -> the paths it names, by one table.
#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/syscall.h>

#include "tracee.hpp"

namespace fat::tracer {
namespace {

constexpr int kNone = -1;  ///< no such argument: the working folder, or no second path

struct Place {
  long number;
  int folder;
  int path;
  int second_folder = kNone;
  int second_path = kNone;
};

constexpr auto kPlaces = std::to_array<Place>({
    {SYS_open, kNone, 0},
    {SYS_openat, 0, 1},
    {SYS_creat, kNone, 0},
    {SYS_mkdir, kNone, 0},
    {SYS_mkdirat, 0, 1},
    {SYS_rmdir, kNone, 0},
    {SYS_unlink, kNone, 0},
    {SYS_unlinkat, 0, 1},
    {SYS_rename, kNone, 0, kNone, 1},
    {SYS_renameat, 0, 1, 2, 3},
    {SYS_renameat2, 0, 1, 2, 3},
    {SYS_link, kNone, 0, kNone, 1},
    {SYS_linkat, 0, 1, 2, 3},
    {SYS_symlink, kNone, 1},
    {SYS_symlinkat, 1, 2},
    {SYS_truncate, kNone, 0},
    {SYS_chdir, kNone, 0},
    {SYS_execve, kNone, 0},
    {SYS_stat, kNone, 0},
    {SYS_lstat, kNone, 0},
    {SYS_newfstatat, 0, 1},
    {SYS_statx, 0, 1},
    {SYS_access, kNone, 0},
    {SYS_faccessat, 0, 1},
    {SYS_readlink, kNone, 0},
    {SYS_readlinkat, 0, 1},
    {SYS_statfs, kNone, 0},
    {SYS_inotify_add_watch, kNone, 1},
});

std::string path_at(pid_t process, const Call& call, int folder, int path) {
  const auto text = read_text(process, call.arguments.at(static_cast<std::size_t>(path)));
  const int fd = folder == kNone ? AT_FDCWD : call.fd(static_cast<std::size_t>(folder));
  return absolute_path(process, fd, text);
}

}  // namespace

std::vector<std::string> paths_of(pid_t process, const Call& call) {
  const auto* const place = std::ranges::find(kPlaces, call.number, &Place::number);
  if (place == kPlaces.end()) {
    return {};
  }
  std::vector<std::string> paths{path_at(process, call, place->folder, place->path)};
  if (place->second_path != kNone) {
    paths.push_back(path_at(process, call, place->second_folder, place->second_path));
  }
  return paths;
}

bool may_create(const Call& call) {
  switch (call.number) {
    case SYS_openat:
      return (call.arguments[2] & O_CREAT) != 0;
    case SYS_open:
      return (call.arguments[1] & O_CREAT) != 0;
    case SYS_creat:
      return true;
    default:
      return false;
  }
}

bool truncates(const Call& call) {
  switch (call.number) {
    case SYS_openat:
      return (call.arguments[2] & O_TRUNC) != 0;
    case SYS_open:
      return (call.arguments[1] & O_TRUNC) != 0;
    case SYS_creat:
      return true;
    default:
      return false;
  }
}

}  // namespace fat::tracer

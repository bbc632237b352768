// ShimSpawn -> process. See the header.
#include "runner/shim_spawn.hpp"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include "runner/shim_order.hpp"
#include "runner/step_process.hpp"

namespace fat {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (auto& word : words) {
    list.push_back(word.data());
  }
  list.push_back(nullptr);
  return list;
}

/// Owns what posix_spawn wants to know. All signals stay blocked until the shim has settled, so
/// that none can end it before.
class SpawnOrder {
 public:
  explicit SpawnOrder(const ShimSpawn& spawn) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
    for (const auto& [ours, theirs] : spawn.descriptors) {
      add(posix_spawn_file_actions_adddup2(&actions_, ours, theirs));
    }
    if (spawn.is_silent) {
      add(posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0));
    }
    if (!spawn.working_folder.empty()) {
      add(posix_spawn_file_actions_addchdir_np(&actions_, spawn.working_folder.c_str()));
    }
  }

  SpawnOrder(const SpawnOrder&) = delete;
  SpawnOrder& operator=(const SpawnOrder&) = delete;

  ~SpawnOrder() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  /// Zero, or errno.
  int spawn(pid_t& id, const std::string& program, char** words, char** environment) const {
    return ready_ ? posix_spawn(&id, program.c_str(), &actions_, &attributes_, words, environment)
                  : ENOMEM;
  }

 private:
  void add(int error) { ready_ = ready_ && error == 0; }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  bool ready_ = true;
};

}  // namespace

pid_t spawn_shim(ShimSpawn spawn) {
  const SpawnOrder order{spawn};
  const auto& program = spawn.words.front();
  pid_t id = -1;
  const int error =
      order.spawn(id, program, pointers(spawn.words).data(), pointers(spawn.environment).data());
  if (error != 0) {
    const bool missing = error == ENOENT || error == EACCES || error == ENOEXEC;
    throw LaunchError{
        missing ? LaunchFault::NoShim : LaunchFault::System, error, "cannot start " + program};
  }
  return id;
}

std::vector<std::string> without_token(std::vector<std::string> environment) {
  std::erase_if(environment, [](const auto& one) { return one.starts_with(kTokenVariable); });
  return environment;
}

}  // namespace fat

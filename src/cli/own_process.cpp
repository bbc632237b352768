#include "cli/own_process.hpp"

#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include "cli/program_files.hpp"
#include "fat/model/exec_words.hpp"

namespace fat {

std::vector<std::string> own_words(const Invocation& invocation) {
  std::vector<std::string> words{
      program_files().program.string(), "-C", invocation.station.string()};
  if (!invocation.as.empty()) {
    words.insert(words.end(), {"--as", invocation.as});
  }
  if (invocation.virtual_station) {
    words.emplace_back("--virtual");
  }
  return words;
}

pid_t spawn_own(const std::vector<std::string>& words,
                const std::vector<std::string>& environment,
                int output,
                const char* what) {
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);  // sockets of libraries
  sigset_t none{};
  sigemptyset(&none);
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  pid_t process = -1;
  const auto argv = exec_words(words);
  const int error = posix_spawn(
      &process, argv.front(), &files, &attributes, argv.data(), exec_words(environment).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    throw std::system_error{error, std::generic_category(), what};
  }
  return process;
}

}  // namespace fat

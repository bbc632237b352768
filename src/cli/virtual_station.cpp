#include "cli/virtual_station.hpp"

#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/program_files.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kComesUpWithin{10};
constexpr std::chrono::seconds kGoesDownWithin{5};

/// In a session of its own, so that neither Ctrl-C nor the end of this program reaches it.
pid_t start_detached(const std::vector<std::string>& words, const std::filesystem::path& output) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& word : words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t process = -1;
  const int error = posix_spawn(&process, argv.front(), &files, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    throw std::system_error{error, std::generic_category(), "cannot start the virtual station"};
  }
  return process;
}

}  // namespace

StationAddress ensure_virtual_station(const std::filesystem::path& state_folder,
                                      int modules,
                                      std::uint32_t seed) {
  if (auto living = find_virtual_station(state_folder)) {
    return *living;
  }
  const auto log = state_folder / "virtual_station.log";
  start_detached({program_files().program.string(),
                  "sim",
                  "--modules",
                  std::to_string(modules),
                  "--seed",
                  std::to_string(seed),
                  "--state",
                  state_folder.string()},
                 log);
  auto address = wait_for_virtual_station(state_folder, kComesUpWithin);
  if (!address) {
    throw CommandError{
        kExitBug, fmt::format("the virtual station did not come up; {} may say why", log.string())};
  }
  return *address;
}

VirtualStationProcess::VirtualStationProcess(std::filesystem::path state_folder,
                                             int modules,
                                             std::uint32_t seed)
    : state_folder_(std::move(state_folder)),
      address_(ensure_virtual_station(state_folder_, modules, seed)) {}

VirtualStationProcess::~VirtualStationProcess() {
  end_virtual_station(state_folder_, kGoesDownWithin);
}

}  // namespace fat

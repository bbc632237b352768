// A station's command for its modules -> what it prints about one of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fat/ports/bench.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// Where such a command runs.
struct CommandPlace {
  std::filesystem::path folder;
  std::vector<std::string> environment;  ///< "NAME=value", all of it
};

/// `words` (program first) as station.ini has them: {serial}, {host}, {port} and {address} stand
/// for the module's. It runs in its `place`, at most `timeout` long, then it is ended with all it
/// started. Exit status 0: the module answers, and the first line printed, without blanks around
/// it, is the answer. Anything else is a DeviceError that says what it printed. Empty words: an
/// empty function. `clock` must outlive it.
AskModule module_command(const Clock& clock,
                         std::vector<std::string> words,
                         CommandPlace place,
                         Microseconds timeout);

}  // namespace fat

// Words -> this program again, as a process of its own.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "cli/command.hpp"

namespace fat {

/// "fatmaster -C STATION --as WHO --virtual": with what this process was told.
std::vector<std::string> own_words(const Invocation& invocation);

/// In a session of its own, so that neither Ctrl-C nor the end of the terminal reaches it. Both of
/// its outputs go into `output`, a descriptor. The caller waits for it, or leaves it to init.
/// Throws std::system_error with `what`, such as "cannot start the web server".
pid_t spawn_own(const std::vector<std::string>& words,
                const std::vector<std::string>& environment,
                int output,
                const char* what);

}  // namespace fat

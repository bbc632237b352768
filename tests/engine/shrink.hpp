// A story that breaks a promise -> the shortest one that can be found which breaks the same one.
#pragma once

#include <string>

#include "engine/shell.hpp"
#include "engine/story.hpp"

namespace fat {

/// The promise a story breaks; empty: none. Plays it without telling.
std::string broken_by(const Story& story, const ShellOptions& options);

/// Drops happenings, steps of the plan and their options and sets numbers to 0, as long as the same
/// promise is broken. The story breaks one.
Story shrink(Story story, const ShellOptions& options);

/// The shrunk story as numbered sentences, with the promise at its end.
std::string told_shortly(const Story& story, const ShellOptions& options);

}  // namespace fat

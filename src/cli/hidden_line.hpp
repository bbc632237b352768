// A terminal -> one line that nobody sees being typed.
#pragma once

#include <optional>
#include <string>

namespace fat {

/// Asks on the terminal of standard input. nullopt: it was ended with Ctrl-C or Ctrl-D, or standard
/// input is no terminal. What the terminal showed before, it shows afterwards.
std::optional<std::string> read_hidden_line(const std::string& question);

}  // namespace fat

// Words such as "5000-5015" or "hub2:5003" -> where the modules of a bench are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// Host and port of a module that is reached over TCP; of any other kind a word in `host`.
struct ModuleAddress {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0: it has none

  bool operator==(const ModuleAddress&) const = default;
};

/// "5003", "hub2:5003" or, without a port, the word itself.
std::string to_text(const ModuleAddress& address);

struct ParsedAddresses {
  std::vector<ModuleAddress> addresses;
  std::string problem;  ///< empty, or what is wrong with which word
};

/// A list separated by commas, spaces or lines of "5000", "5000-5015", "HOST:5000",
/// "HOST:5000-5003", or words that are neither ("slot3"). At most 1000, each once.
ParsedAddresses parse_module_addresses(std::string_view text);

}  // namespace fat

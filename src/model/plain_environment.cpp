#include "fat/model/plain_environment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <unistd.h>

namespace fat {

namespace {

constexpr std::array<std::string_view, 16> kPlain{"PATH",
                                                  "HOME",
                                                  "USER",
                                                  "LOGNAME",
                                                  "SHELL",
                                                  "LANG",
                                                  "LANGUAGE",
                                                  "TZ",
                                                  "TERM",
                                                  "TMPDIR",
                                                  "XDG_RUNTIME_DIR",
                                                  "XDG_CONFIG_HOME",
                                                  "DBUS_SESSION_BUS_ADDRESS",
                                                  "SSH_AUTH_SOCK",
                                                  "KRB5CCNAME",
                                                  "LD_LIBRARY_PATH"};

}  // namespace

std::vector<std::string> own_environment() {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    entries.emplace_back(*entry);
  }
  return entries;
}

std::vector<std::string> plain_environment() {
  auto entries = own_environment();
  std::erase_if(entries, [](std::string_view entry) {
    const auto name = entry.substr(0, entry.find('='));
    return std::ranges::find(kPlain, name) == kPlain.end() && !name.starts_with("LC_");
  });
  return entries;
}

}  // namespace fat

// Nothing here can ask a person: what needs one ends with the sentence that says what to type.
#include "store/remote_shell.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/ports/snapshots.hpp"
#include "store/program.hpp"

namespace fat::store {

namespace {

constexpr int kSshFailed = 255;
constexpr std::size_t kMostOutput = std::size_t{16} * 1024 * 1024;
constexpr std::size_t kLongestSaid = 300;

bool says(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

/// The last line that is not empty: what a program says before it ends.
std::string_view last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  const auto start = text.find_last_of('\n');
  return start == std::string_view::npos ? text : text.substr(start + 1);
}

}  // namespace

std::vector<std::string> ssh_words() {
  return {"ssh",
          "-T",
          "-oBatchMode=yes",
          "-oConnectTimeout=10",
          "-oServerAliveInterval=15",
          "-oServerAliveCountMax=4",
          "-oStrictHostKeyChecking=yes",
          "-oClearAllForwardings=yes",
          "-oPermitLocalCommand=no"};
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? std::string{R"('\'')"} : std::string(1, c);
  }
  return quoted + "'";
}

std::string ssh_trouble(const std::string& host, std::string_view complaint) {
  if (says(complaint, "IDENTIFICATION HAS CHANGED")) {
    return fmt::format(
        "{} has another host key than before: another machine, or it was set up anew. Ask who "
        "runs it; only when that is so, type: ssh-keygen -R {} and then: ssh {}",
        host,
        host.substr(host.find('@') + 1),
        host);
  }
  if (says(complaint, "Host key verification failed")) {
    return fmt::format(
        "the host key of {} is not known here. As the user who runs fatmaster type once: ssh {} "
        "and compare the key it shows before you say yes",
        host,
        host);
  }
  if (says(complaint, "Permission denied (")) {
    return fmt::format(
        "{} does not let us in without a password; as the user who runs fatmaster type once: "
        "ssh-copy-id {}",
        host,
        host);
  }
  const auto said = plain_text(last_line(complaint), kLongestSaid);
  return fmt::format("{} cannot be reached or closed the connection{}{}; try: ssh {}",
                     host,
                     said.empty() ? "" : ": ",
                     said,
                     host);
}

std::string run_remote(const std::string& host,
                       const std::string& script,
                       const RemoteStreams& streams) {
  auto words = ssh_words();
  words.insert(words.end(),
               {"--", host, "exec sh -c " + shell_quoted("LC_ALL=C; export LC_ALL; " + script)});
  std::string said;
  const auto end = run_program({.words = std::move(words),
                                .input = streams.input,
                                .output = streams.output,
                                .take = [&said](std::string_view bytes) {
                                  said += bytes;
                                  return said.size() <= kMostOutput;
                                }});
  if (end.status == kSshFailed) {
    throw SnapshotError(ssh_trouble(host, end.error));
  }
  if (end.status != 0) {
    const auto why = plain_text(last_line(end.error), kLongestSaid);
    throw SnapshotError(fmt::format(
        "{}: {}",
        host,
        why.empty() ? fmt::format("the command there ended with {}", end.status) : why));
  }
  return said;
}

}  // namespace fat::store

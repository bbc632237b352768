// A shell script for a backup host -> what it said there, through the system's ssh.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fat::store {

/// Where the streams of the script come from and go to on this side.
struct RemoteStreams {
  int input = -1;   ///< -1: it reads nothing
  int output = -1;  ///< -1: returned, at most 16 MiB
};

/// ssh and its options: batch mode, never a question, gives up when the host is away. The host, or
/// for rsync nothing, follows.
std::vector<std::string> ssh_words();

/// `text` as one word of a POSIX shell.
std::string shell_quoted(std::string_view text);

/// Runs `script` (POSIX sh) on `host`. Throws SnapshotError with what to do when the host cannot be
/// reached or does not let us in, else with the script's own words when its status is not 0.
std::string run_remote(const std::string& host,
                       const std::string& script,
                       const RemoteStreams& streams = {});

/// What ssh's (or rsync's) complaint means for a person who stands in front of it.
std::string ssh_trouble(const std::string& host, std::string_view complaint);

}  // namespace fat::store

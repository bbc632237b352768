// [logbook] of station.ini -> the sink that enters messages there.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "fat/model/log_entry.hpp"
#include "fat/model/logbook_entry.hpp"
#include "fat/people/sink.hpp"

namespace fat {

struct LogbookOptions {
  std::string station;                                              ///< its name
  std::function<std::filesystem::path(const LogAttachment&)> file;  ///< of an attachment
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{10};
  std::chrono::milliseconds total_timeout = std::chrono::seconds{30};
};

/// Each post becomes one entry, an answer to the run's first one. A repeated post looks for its
/// marker first. Nothing is reached before the first post.
std::unique_ptr<Sink> make_logbook_sink(const RemoteLogbook& logbook, LogbookOptions options);

/// Whether the logbook can be reached and takes the login; writes nothing.
PostResult try_logbook(const RemoteLogbook& logbook, const LogbookOptions& options);

}  // namespace fat

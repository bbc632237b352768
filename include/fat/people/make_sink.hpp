// What station.ini says of a sink -> the sink.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "fat/model/people_entry.hpp"
#include "fat/people/sink.hpp"

namespace fat {

/// Bytes of a file; nullopt when it is gone, is no file or is longer than that, unless the end is
/// all that is asked for.
using FileReader =
    std::function<std::optional<std::string>(const std::filesystem::path&, std::uint64_t most)>;

struct SinkOptions {
  std::string station;   ///< its name, in the subject of mails
  FileReader read_file;  ///< absent: no picture is shown
  FileReader read_end;   ///< the last bytes of a longer file; absent: no log is shown
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{10};
  std::chrono::milliseconds total_timeout = std::chrono::seconds{30};
};

/// Nothing is reached before the first post. A secret that cannot be read is told by that.
std::unique_ptr<Sink> make_sink(const SinkEntry& entry, SinkOptions options);

}  // namespace fat

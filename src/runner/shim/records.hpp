// What the shim knows about its command -> start.json and exit.json, each complete or absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "runner/process_table.hpp"
#include "runner/shim/system.hpp"

namespace fat::shim {

/// Content of exit.json; units as in the names of its fields.
struct ExitFacts {
  std::optional<int> status, signal;
  std::string_view ended_by = "itself";
  std::string start_error;
  Microseconds started{0}, ended{0}, ran{0}, user{0}, system{0};
  long max_rss_kib = 0;
  std::uint64_t report_bytes = 0, report_dropped = 0, output_bytes = 0, output_lost = 0;
  std::size_t survivors = 0;
};

std::string start_record(std::string_view token,
                         const ProcessStat& shim,
                         const ProcessStat& command);
std::string exit_record(std::string_view token, const ExitFacts& facts);

/// Room for a record that is written later, so that a disk that is full by then can take it. Where
/// the file system cannot promise room nothing is promised.
void reserve_record(int folder, const char* name);

enum class Durable { No, Yes };

/// Temporary file, then rename. False when the disk refused (errno); the old state is then still
/// there.
bool write_record(int folder, const char* name, std::string_view text, Durable durable);

/// "cannot execute ls: No such file or directory".
std::string sentence(std::string_view what, std::string_view object, int error);

}  // namespace fat::shim

// Events of a run -> lines in RUN_FOLDER/fat_run_NNNNN.log and, without a terminal, on standard
// output.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fat/people/announcement.hpp"
#include "fat/ports/observer.hpp"

namespace fat {

class NonBlockingOutput;

struct RunLogOptions {
  std::filesystem::path folder;  ///< of the run; must exist
  int run = 0;
  unsigned mode = 0600;  ///< of a new file: 0660 when the station has a group
  int echo = -1;         ///< gets the same lines, without ever being waited for; -1: nobody
  /// Told once when the log cannot be written, and once when it can be again. May be empty.
  std::function<void(const std::string&)> complain;
};

/// One file per run. Each start of a scheduler opens a new part of it with a line "==== run 12, new
/// part, ...": one file can be followed with `tail -F` over every restart. A log that cannot be
/// written never holds up or stops a run.
class RunLog : public Observer {
 public:
  explicit RunLog(RunLogOptions options);
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;
  ~RunLog() override;

  void happened(const std::vector<Event>& events,
                const Campaign& campaign,
                const Instant& now) override;
  void alarm(const std::string& text, const Instant& now) override;

  /// RUN_FOLDER/fat_run_00012.log.
  const std::filesystem::path& file() const { return file_; }

 private:
  void put(const std::string& lines, const Instant& now);
  std::string open_part(const Instant& now);
  bool append(std::string_view text);
  void report_failure(const std::string& what, std::size_t lines);

  RunLogOptions options_;
  std::filesystem::path file_;
  std::unique_ptr<NonBlockingOutput> echo_;
  int fd_ = -1;
  bool torn_ = false;               ///< the file's last line has no end
  std::size_t lost_lines_ = 0;      ///< since the log could not be written any more
  std::optional<bool> is_virtual_;  ///< known after the first event
};

}  // namespace fat

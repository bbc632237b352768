// Readings as they come -> a file with their history, fine for a while and coarse for a year.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fat/model/reading.hpp"

namespace fat {

/// What a channel showed during a while: one reading, a minute, ten minutes.
struct HistoryPoint {
  WallTime from;
  double low = 0, mean = 0, high = 0;  ///< of its valid readings
  int valid = 0;                       ///< how many; 0: it showed nothing that may be believed
  int invalid = 0;
};

/// How long is kept what. The defaults keep a year of 100 channels below 2 GB at any period.
struct ReadingsKept {
  Microseconds single = std::chrono::hours{24 * 14};
  std::int64_t most_single = 20'000'000;  ///< readings; the oldest go first
  Microseconds minutes = std::chrono::hours{24 * 30};
  Microseconds ten_minutes = std::chrono::hours{24 * 366};
};

/// `STATE/readings.db`. One writer, any number of readers; every function throws JournalError. A
/// crash loses at most what was appended last: readings are no journal.
class ReadingsFile {
 public:
  enum class Mode { Write, Read };

  /// Write creates the file, for its owner alone or for a group too. Read of a file that is not
  /// there is JournalError{Missing}.
  ReadingsFile(const std::filesystem::path& file, Mode mode, bool for_group = false);
  ~ReadingsFile();
  ReadingsFile(const ReadingsFile&) = delete;
  ReadingsFile& operator=(const ReadingsFile&) = delete;

  /// In one transaction. A channel is known by its name; a reading without time is left out.
  void append(const std::vector<TimedReading>& readings);

  /// Removes what is older than it is kept.
  void forget(WallTime now, const ReadingsKept& kept = {});

  /// The newest reading of every channel that ever had one, in the order of their names. The boot
  /// time of `Reading::at` is as it was then.
  std::vector<TimedReading> newest() const;

  /// The readings of a channel later than that, oldest first, at most `most`; as fine as they came.
  std::vector<TimedReading> after(const std::string& channel, WallTime at, int most) const;

  /// At most about `most` points, oldest first, each as fine as that allows.
  std::vector<HistoryPoint> history(const std::string& channel,
                                    WallTime from,
                                    WallTime until,
                                    int most = 2000) const;

 private:
  class Tables;
  std::unique_ptr<Tables> tables_;
};

}  // namespace fat

// A journal and one of its events -> how long steps had taken until then.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// Reads only, with a connection of its own; used by one thread at a time.
class KnownLengths {
 public:
  /// What ended before the event with that id. Throws JournalError.
  KnownLengths(const std::filesystem::path& journal, std::int64_t before);
  ~KnownLengths();
  KnownLengths(const KnownLengths&) = delete;
  KnownLengths& operator=(const KnownLengths&) = delete;

  /// Of attempts that ended done, newest first, at most 20: of the step content `fingerprint`.
  std::vector<Microseconds> of_step(const std::string& fingerprint) const;
  /// The same of every step of that task.
  std::vector<Microseconds> of_task(const std::string& task) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fat

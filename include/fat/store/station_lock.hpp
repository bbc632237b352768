// A state folder -> at most one owner, for as long as its process lives.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace fat {

/// Who owns a station. Fields are empty or 0 when the owner could not say them.
struct StationOwner {
  int pid = 0;
  std::string host;
  int run = 0;
  std::string user;
  bool ends = false;  ///< it leaves what it owns: it drives, or guards, nothing any more

  bool operator==(const StationOwner&) const = default;
};

/// Another fatmaster owns the station: exit code 6. `what()` names it.
class StationOwned : public std::runtime_error {
 public:
  explicit StationOwned(const StationOwner& owner);

  const StationOwner& owner() const { return owner_; }

 private:
  StationOwner owner_;
};

/// Of whoever drives a run or changes its journal.
inline constexpr const char* kRunLock = "fatmaster.lock";

/// An open-file-description lock on STATE/fatmaster.lock, or on another file there. It belongs to
/// this object and to processes forked from here without exec (never to a program they start), and
/// dies with the last of them: nobody ever has to unlock. The file itself stays.
class StationLock {
 public:
  /// Waits up to `patience` for the present owner to end; at once when it is zero. Throws
  /// StationOwned, or std::system_error when the folder cannot be used.
  StationLock(const std::filesystem::path& state_folder,
              const StationOwner& owner,
              std::chrono::milliseconds patience = std::chrono::seconds{2},
              bool for_group = false,
              const char* name = kRunLock);
  ~StationLock();
  StationLock(const StationLock&) = delete;
  StationLock& operator=(const StationLock&) = delete;

  /// Says who owns it from now on: the run became known, or the lock went to a forked process.
  void set_owner(const StationOwner& owner);

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
};

/// The living owner of the station, without touching the lock; nullopt when there is none.
std::optional<StationOwner> who_holds(const std::filesystem::path& state_folder,
                                      const char* name = kRunLock);

/// This process, on this host, as this user.
StationOwner this_process(int run);

}  // namespace fat

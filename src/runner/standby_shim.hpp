// A shim started ahead of its step -> the process of the next step, once it has its order.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "fat/model/owned_fd.hpp"
#include "runner/shim_order.hpp"

namespace fat {

/// At most one shim that waits for its order. It does nothing before it has it, and ends with us:
/// what it waits on is closed then, however we end. One thread. Never throws: whatever is wrong
/// with it, the step is started without it.
class StandbyShim {
 public:
  StandbyShim() = default;

  ~StandbyShim() { dismiss(); }

  StandbyShim(const StandbyShim&) = delete;
  StandbyShim& operator=(const StandbyShim&) = delete;

  /// Starts one of `program`, unless one stands by. What cannot be started is not there.
  void prepare(const std::filesystem::path& program, const std::vector<std::string>& environment);

  /// Ends the one that stands by. Waits for its end, at most a second.
  void dismiss();

  /// Its process id; 0 when nobody stands by.
  pid_t id() const { return waiting_ ? waiting_->id : 0; }

  /// Readable when it is ready, or has ended; -1 when nobody stands by.
  int news() const { return waiting_ ? waiting_->socket.get() : -1; }

  struct Taken {
    pid_t id;
    OwnedFd handle;  ///< a pidfd
  };

  /// Gives it the order with both descriptors: from here on it is the shim of a step. nullopt:
  /// nobody has the order, nor ever will. So it is when nobody stands by, or not yet, when the
  /// order's program is another file now, and when the order is too long.
  std::optional<Taken> hand_over(const ShimOrder& order, int lock, int listener);

 private:
  struct Waiting {
    pid_t id = -1;
    OwnedFd handle;
    OwnedFd socket;

    struct stat program {};

    bool is_ready = false;
  };

  static std::optional<Waiting> start(const std::filesystem::path& program,
                                      const std::vector<std::string>& environment);
  enum class Readiness { Ready, NotYet, Gone };
  static Readiness readiness(const Waiting& waiting);

  std::optional<Waiting> waiting_;
};

}  // namespace fat

// Work that may hang where nobody can wake it (a dead mount) -> a thread that can be left.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

namespace fat {

/// `work` owns all that it uses: once it was asked to stop it touches nothing else, for it may
/// outlive everything.
class LeavableThread {
 public:
  /// Begins at once; it gets no signals. `work` throws nothing.
  explicit LeavableThread(std::function<void(const std::stop_token&)> work);
  /// As leave() with no patience at all.
  ~LeavableThread();
  LeavableThread(const LeavableThread&) = delete;
  LeavableThread& operator=(const LeavableThread&) = delete;

  /// Gives it until then, then asks it to stop. Returns within two seconds after that, even if
  /// `work` does not: then the thread is left to itself, and this is false. Nothing when it was
  /// left already.
  bool leave(std::chrono::steady_clock::time_point deadline);

 private:
  struct End;
  std::shared_ptr<End> end_;  ///< with the thread
  std::jthread thread_;
};

}  // namespace fat

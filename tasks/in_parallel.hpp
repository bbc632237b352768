// A number of independent jobs -> all of them done, some at the same time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <vector>

namespace fat {

/// Calls `job(0)` to `job(count - 1)`, at most 32 at the same time, and returns when all have
/// ended. An exception of a job ends its thread's share and is thrown again here.
template <typename Job>
void in_parallel(std::size_t count, const Job& job) {
  constexpr std::size_t max_threads = 32;
  std::atomic<std::size_t> next{0};
  std::vector<std::future<void>> threads;
  threads.reserve(std::min(count, max_threads));
  for (std::size_t i = 0; i < std::min(count, max_threads); ++i) {
    threads.push_back(std::async(std::launch::async, [&] {
      for (auto index = next++; index < count; index = next++) {
        job(index);
      }
    }));
  }
  for (auto& thread : threads) {
    thread.wait();
  }
  for (auto& thread : threads) {
    thread.get();
  }
}

}  // namespace fat

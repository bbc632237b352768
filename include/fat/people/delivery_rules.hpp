// How patiently and how often one channel is served.
#pragma once

#include <chrono>
#include <cstddef>

#include "fat/model/instant.hpp"

namespace fat {

struct DeliveryRules {
  Microseconds first_retry = std::chrono::seconds{2};  ///< doubled each time, with jitter
  Microseconds longest_retry = std::chrono::minutes{5};
  Microseconds longest_asked = std::chrono::hours{24};  ///< of a Retry-After that is obeyed
  Microseconds give_up_after = std::chrono::hours{72};  ///< since the event; then it is dead
  Microseconds last_patience =
      std::chrono::seconds{3};  ///< a longer pause after a failure is not waited for at a run's end
  int tries_when_rejected = 3;  ///< of a post that the other side says it will never take
  int posts_per_minute = 20;    ///< more than that goes out together, in one post
  int burst = 5;                ///< posts that may follow each other at once
  Microseconds same_fault_window = std::chrono::minutes{15};  ///< told once in it
  Microseconds late_after = std::chrono::minutes{2};  ///< older messages say when they were meant
  bool one_by_one = false;  ///< nothing is put together, dated or counted: a logbook does that
  std::size_t longest_post = 3500;  ///< bytes of text put together
  std::size_t most_files = 10;      ///< shown with one post
};

}  // namespace fat

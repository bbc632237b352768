#include "runner/run_json_copies.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "fat/model/run_paths.hpp"

namespace fat {

namespace {

constexpr Microseconds kTryAgain = std::chrono::seconds{1};

}  // namespace

bool RunJsonCopies::take_back(const std::vector<EventBody>& bodies,
                              const std::vector<OpenAttempt>& open) {
  for (const auto& body : bodies) {
    const auto* end = std::get_if<AttemptEnded>(&body);
    const auto found =
        end == nullptr ? open.end() : std::ranges::find(open, end->key, &OpenAttempt::key);
    if (found == open.end() || !found->has_copy) {
      continue;
    }
    try {
      for (const auto& warning :
           record_.take_back(attempt_folder(run_folder_, found->key, found->index))) {
        alarm_(warning);
      }
    } catch (const std::runtime_error& error) {  // also std::system_error: all is as it was
      if (waiting_.empty()) {
        alarm_(
            fmt::format("what step '{}' wrote into its copy of the run JSON cannot be taken "
                        "over ({}); it is tried again, and nothing goes on before",
                        found->key.title,
                        error.what()));
      }
      return false;
    }
  }
  return true;
}

void RunJsonCopies::bring_home(std::vector<EventBody> bodies,
                               const std::vector<OpenAttempt>& open,
                               Tell tell) {
  if (take_back(bodies, open)) {
    tell(std::move(bodies));
    return;
  }
  waiting_.push_back({.bodies = std::move(bodies), .open = open, .tell = std::move(tell)});
  timer_.start(kTryAgain, [this] { try_again(); });
}

void RunJsonCopies::try_again() {
  while (!waiting_.empty() && take_back(waiting_.front().bodies, waiting_.front().open)) {
    auto done = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    done.tell(std::move(done.bodies));
  }
  if (!waiting_.empty()) {
    timer_.start(kTryAgain, [this] { try_again(); });
  }
}

}  // namespace fat

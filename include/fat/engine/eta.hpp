// Plan, state, past durations -> when the run is expected to end, and to need a person. Pure.
#pragma once

#include <optional>
#include <vector>

#include "fat/engine/lengths.hpp"
#include "fat/engine/run_state.hpp"
#include "fat/model/eta.hpp"

namespace fat {

/// What is ahead of a run, over and over. It plays what is left of the plan some hundred times with
/// lengths that vary as the past ones did (lengths.hpp), always with the same dice: the ranges are
/// those of the sum, not the sum of ranges.
class Forecast {
 public:
  explicit Forecast(Past past) : lengths_(std::move(past)) {}

  /// O(steps ahead), about 3 ms for 1,114 of them. Remembered: the same is said for a second, for
  /// five when nothing was told, and until the plan or what people do changes.
  const Eta& eta(const Plan& plan, const RunState& state, const Instant& now);

  /// What a step is expected to take on average; nullopt when that is a mere guess.
  std::optional<Microseconds> expected(const Step& step);

  /// The event has been applied to the state.
  void tell(const Event& event, const Plan& plan, const RunState& state);

 private:
  friend class Ahead;

  /// What there is to know about a step whatever the run's state.
  struct Item {
    StepKind kind = StepKind::Command;
    std::size_t length = 0;  ///< of a process: its kind in lengths_
    Seconds fixed{0};        ///< of a wait
    std::optional<WallTime> until;
    std::optional<Microseconds> timeout;
  };

  Item item(const Step& step);

  Lengths lengths_;
  std::vector<std::optional<Item>> main_;  ///< of the plan's steps, made when they are first needed
  std::optional<Eta> known_;
  Instant known_at_;
  bool changed_ = false;  ///< something was told since
};

/// For who asks once.
Eta expect(const Plan& plan, const RunState& state, const Instant& now, const Past& past);

}  // namespace fat

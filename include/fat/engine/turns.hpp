// Main steps that end in any order -> whose turn it is. Steps in the background are left behind
// unended; the others keep the order of the plan.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace fat {

class Turns {
 public:
  /// The next step of the plan.
  void add(bool background) { background_.push_back(background); }

  /// The first step that has not ended; the number of steps when there is none.
  std::size_t first() const;

  /// Those in the background that have not ended, then the first other one; none beyond `last`.
  std::vector<std::size_t> up_to(std::size_t last) const;

  /// Those in the background that stand before this one and have not ended.
  std::vector<std::size_t> background_before(std::size_t index) const;

  /// Everything from there on is looked at again by the next move().
  void start_at(std::size_t index);

  /// A step that had ended has its turn again.
  void reopen(std::size_t index);

  /// Passes what is over. Amortised O(1) for a step.
  void move(const std::function<bool(std::size_t)>& is_over);

 private:
  std::vector<bool> background_;     ///< by index
  std::vector<std::size_t> behind_;  ///< in the background, before front_, not over; ascending
  std::size_t front_ = 0;            ///< the first of the others that is not over
};

}  // namespace fat

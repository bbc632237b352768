#include "fat/engine/turns.hpp"

#include <algorithm>

namespace fat {

std::size_t Turns::first() const {
  return behind_.empty() ? front_ : std::min(behind_.front(), front_);
}

std::vector<std::size_t> Turns::up_to(std::size_t last) const {
  auto turns = behind_;
  if (front_ < background_.size()) {
    turns.push_back(front_);
  }
  std::erase_if(turns, [last](std::size_t index) { return index > last; });
  return turns;
}

std::vector<std::size_t> Turns::background_before(std::size_t index) const {
  return {behind_.begin(), std::ranges::lower_bound(behind_, index)};
}

void Turns::start_at(std::size_t index) {
  front_ = index;
  std::erase_if(behind_, [index](std::size_t each) { return each >= index; });
}

void Turns::reopen(std::size_t index) {
  if (index >= front_) {
    return;  // its turn comes
  }
  if (!background_[index]) {
    start_at(index);
    return;
  }
  const auto place = std::ranges::lower_bound(behind_, index);
  if (place == behind_.end() || *place != index) {
    behind_.insert(place, index);
  }
}

void Turns::move(const std::function<bool(std::size_t)>& is_over) {
  std::erase_if(behind_, is_over);
  for (; front_ < background_.size(); ++front_) {
    const bool over = is_over(front_);
    if (!over && !background_[front_]) {
      return;
    }
    if (!over) {
      behind_.push_back(front_);
    }
  }
}

}  // namespace fat

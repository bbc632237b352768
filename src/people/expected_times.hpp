// Usual durations of steps -> when a person will be needed.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "fat/model/plan.hpp"
#include "fat/model/run_summary.hpp"
#include "people/view_block.hpp"

namespace fat {

/// Remembers what it was told, and asks about a few steps at a time only: the source is a data
/// base.
class ExpectedTimes {
 public:
  using Source = std::function<std::optional<Microseconds>(const Step&)>;

  explicit ExpectedTimes(Source source) : source_(std::move(source)) {}

  /// The plan may have changed: ask again.
  void forget() { known_.clear(); }

  /// Fills in `expected`, `until_person` and `at_least`.
  void fill(ViewOptions& options, const Plan& plan, const RunSummary& summary);

 private:
  struct Sum {
    Microseconds time{0};
    bool complete = true;  ///< every part of it was known
  };

  std::optional<Microseconds> of(const Plan& plan, StepList list, const std::string& title);
  static Sum rest_of_open(const ViewOptions& options, const RunSummary& summary);

  Source source_;
  std::map<std::pair<StepList, std::string>, std::optional<Microseconds>> known_;
  int questions_left_ = 0;  ///< to `source_`, in this call of fill()
};

}  // namespace fat

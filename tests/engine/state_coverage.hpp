// Every event of a simulation -> how often each transition of the state machine was taken, and
// which ones are not in its table.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/illegal_events.hpp"
#include "engine/state_table.hpp"
#include "fat/engine/run_campaign.hpp"

namespace fat {

class StateCoverage {
 public:
  /// Applies the event and counts. Before, what does not fit is tried: see IllegalEvents.
  void apply(RunCampaign& campaign, const Event& event);

  /// Every transition that was taken with its count, a line each.
  std::string text() const;
  /// Transitions that were taken and are not in the table.
  std::vector<std::string> unexpected() const;
  /// Transitions of the table that were never taken.
  std::vector<std::string> missing() const;

  const IllegalEvents& illegal() const { return illegal_; }

 private:
  using Count = long long;

  struct Taken {
    std::string name;
    Count count = 0;
    bool legal = false, rare = false;
  };

  std::vector<Taken> taken() const;
  void add_steps(StepList list, std::vector<Taken>& all) const;

  std::array<std::array<std::array<Count, kStatuses>, kStatuses>, kKinds> runs_{};
  std::array<std::array<std::array<std::array<Count, kPhases>, kPhases>, kCauses>, 3> steps_{};
  IllegalEvents illegal_;
};

}  // namespace fat

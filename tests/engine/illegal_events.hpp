// A state in a simulation -> events that do not fit it, tried: each must be refused in words and
// change nothing.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/state_table.hpp"
#include "fat/engine/run_campaign.hpp"

namespace fat {

class IllegalEvents {
 public:
  /// Tries every illegal pair of event and state a few times over the life of this object. Throws
  /// std::logic_error when one is not refused.
  void try_them(RunCampaign& campaign, const Event& event);

  /// Pairs that were refused.
  int refused() const;
  /// Pairs that the tables make illegal and that were never tried.
  std::vector<std::string> untried() const;

 private:
  void try_for_run(RunCampaign& campaign, const Event& event);
  void try_for_step(RunCampaign& campaign, const Event& event, StepList list, const Step& step);

  std::array<std::array<int, kStatuses>, kKinds> runs_{};
  std::array<std::array<std::array<int, kPhases>, kCauses>, 3> steps_{};
};

}  // namespace fat

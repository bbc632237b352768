// A module behind its bridge: echo, reply, prompt.
#pragma once

#include "sim/forth.hpp"
#include "sim/module_model.hpp"
#include "sim/module_words.hpp"
#include "sim/virtual_device.hpp"

namespace fat {

class VirtualModule : public VirtualDevice {
 public:
  /// `speed` is how fast the physics runs; the wire keeps to `now`.
  VirtualModule(ModuleIdentity identity, const VirtualModuleOptions& options, double speed = 1);

  const ModuleModel& model() const { return model_; }

 private:
  Answer execute(const std::string& line, Microseconds now) override;

  double speed_;
  ModuleModel model_;
  ReadoutModel readout_{model_};
  BoardState board_;
  Forth forth_;
};

}  // namespace fat

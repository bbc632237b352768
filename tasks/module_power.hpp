// Modules of a run -> their power, by the FieldHub controllers of their wire pairs, and their
// sessions once they have booted.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "builtin_task.hpp"

namespace fat {

/// One module server (FieldHub controller) and the modules behind it.
struct WirePair {
  int number = 0;
  std::vector<const TaskModule*> modules;
};

/// By number. The modules must outlive it.
std::vector<WirePair> wire_pairs_of(const std::vector<const TaskModule*>& modules);
std::vector<WirePair> wire_pairs_of(const TaskContext& context);

/// Number of the module's wire pair, and of the module on it.
int wire_pair_of(const TaskModule& module);
int device_of(const TaskModule& module);

/// The parameters `field_hub` and `boot` of tasks that switch modules on.
ParameterInfo field_hub_parameter();
ParameterInfo boot_parameter();

using HubWork = std::function<void(FieldHub& hub, const WirePair& pair)>;

/// Does `work` with the controller of each pair, all at once. One that fails is said as critical;
/// the others go on. Returns the numbers of the pairs whose controller did not do it.
std::vector<int> with_field_hubs(const TaskContext& context,
                                 const std::vector<WirePair>& pairs,
                                 const HubWork& work);

/// Power, and leave for everything a FAT needs. Absolute; what the module refuses is a warning.
/// Throws DeviceError when the controller fails.
void switch_module_on(const TaskContext& context, FieldHub& hub, const TaskModule& module);

/// A module that has just been switched on boots: opening is tried until `limit` from now.
class PatientBench : public Bench {
 public:
  /// `context` must outlive it.
  PatientBench(const TaskContext& context, Microseconds limit)
      : context_(context), end_(context.clock.now().boot + limit) {}

  std::unique_ptr<DetectorModule> open(const ModuleEntry& module) const override;

 private:
  const TaskContext& context_;
  Microseconds end_;
};

/// The same task on another bench, which must outlive it.
TaskContext on_bench(const TaskContext& context, const Bench& bench);

}  // namespace fat

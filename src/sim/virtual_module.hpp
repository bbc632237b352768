// A module behind its bridge: echo, reply, prompt.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/bench_model.hpp"
#include "sim/forth.hpp"
#include "sim/module_model.hpp"
#include "sim/module_words.hpp"
#include "sim/virtual_device.hpp"

namespace fat {

class VirtualModule : public VirtualDevice {
 public:
  /// Stands at place `number` of that bench.
  VirtualModule(ModuleIdentity identity,
                const VirtualModuleOptions& options,
                std::shared_ptr<BenchModel> bench,
                std::size_t number = 0);

  /// Forgets what it waits for: nobody is there to read it.
  void client_left() override;

  std::vector<OwnFault> own_faults() const override;
  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

  const ModuleModel& model() const { return model_; }

 private:
  Answer execute(const std::string& line, Microseconds now) override;
  std::optional<std::string> take_line(std::string& partial) const override;
  std::optional<Microseconds> next_push() const override;
  std::string push() override;

  bool is_awake() const;
  Answer upload_packet(const std::string& packet);
  /// What happened to the module on its bench since the last line.
  void notice_bench();

  std::shared_ptr<BenchModel> bench_;  // shared with the bench's instruments
  std::size_t number_;
  ModuleModel model_;
  BoardState board_;
  ReadoutModel readout_;
  int resets_ = 0, rapcals_ = 0;
  bool hv_allowed_ = true, waits_for_data_ = false;
  Forth forth_;
};

}  // namespace fat

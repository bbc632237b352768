// A freezer without an interface: a person sets it, a thermometer in it is watched.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "fat/ports/instruments.hpp"

namespace fat {

class ManualFreezer : public Freezer {
 public:
  ManualFreezer(std::string device,
                std::unique_ptr<Thermometer> thermometer,
                int channel,
                AskOperator ask)
      : device_(std::move(device)),
        thermometer_(std::move(thermometer)),
        channel_(channel),
        ask_(std::move(ask)) {}

  /// Asks for it; a person who says no refuses.
  void set_target(double celsius) override;

  /// What was asked for last by this object; only the person knows what the panel says.
  std::optional<double> target() override { return target_; }

  double temperature() override;

  std::string state() override { return "set by hand"; }

 private:
  std::string device_;
  std::unique_ptr<Thermometer> thermometer_;
  int channel_;
  AskOperator ask_;
  std::optional<double> target_;
};

}  // namespace fat

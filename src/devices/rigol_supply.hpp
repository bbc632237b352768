// Rigol DP900: setpoints, outputs, measured values; never above the limits of station.ini.
#pragma once

#include "devices/scpi_session.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

struct SupplyLimits {
  double volts = 32, amperes = 3;
};

class RigolSupply : public PowerSupply {
 public:
  RigolSupply(SessionParts parts, const SupplyLimits& limits)
      : session_(std::move(parts), "DP9"), limits_(limits) {}

  std::string identity() override { return session_.identity(); }

  void set(int channel, double volts, double amperes) override;
  void set_output(int channel, bool on) override;
  bool output(int channel) override;
  SupplyReading read(int channel) override;
  void release() override;

 private:
  void require_channel(int channel) const;

  ScpiSession session_;
  SupplyLimits limits_;
};

}  // namespace fat

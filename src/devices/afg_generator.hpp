// Tektronix AFG3000 (the FAT's "Agilent 3101C" is one): signal, burst, output.
#pragma once

#include "devices/scpi_session.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

class AfgGenerator : public FunctionGenerator {
 public:
  explicit AfgGenerator(SessionParts parts) : session_(std::move(parts), "AFG3") {}

  std::string identity() override { return session_.identity(); }

  void set_signal(const GeneratorSignal& signal) override;
  GeneratorSignal signal() override;
  void set_burst(int cycles) override;
  int burst() override;
  void set_output(bool on) override;
  bool output() override;

 private:
  ScpiSession session_;
};

}  // namespace fat

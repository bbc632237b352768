// Tektronix AFG3101 and Rigol DP932U as their clients see them, and the Prologix in front of one.
#pragma once

#include <algorithm>
#include <array>
#include <memory>

#include "sim/bench_model.hpp"
#include "sim/scpi_instrument.hpp"

namespace fat {

class VirtualGenerator : public ScpiInstrument {
 public:
  /// `drives`: the bench whose laser hangs on it; none: nothing does.
  explicit VirtualGenerator(std::shared_ptr<BenchModel> drives = nullptr);

  Answer execute(const std::string& line, Microseconds now) override;
  std::vector<OwnFault> own_faults() const override;
  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  void reset() override;
  void define_signal();
  void define_burst();

  std::shared_ptr<BenchModel> drives_;  // shared with the modules that see its light
  std::string shape_, unit_;
  double frequency_ = 0, amplitude_ = 0, offset_ = 0;
  bool burst_ = false, output_ = false;
  int cycles_ = 1;
};

/// Rigol DP932U; its outputs 1 and 2 heat the cryostat.
class VirtualSupply : public ScpiInstrument {
 public:
  explicit VirtualSupply(std::shared_ptr<BenchModel> model);

  Answer execute(const std::string& line, Microseconds now) override;

  std::vector<OwnFault> own_faults() const override { return {{"stuck-output", 1, 3}}; }

  void set_own_fault(std::string_view /*name*/,
                     int channel,
                     bool on,
                     Microseconds /*now*/) override {
    channels_.at(static_cast<std::size_t>(channel - 1)).stuck = on;
  }

 private:
  struct Channel {
    double volts = 0, amperes = 0, most_volts = 0, most_amperes = 0;
    bool on = false;
    bool stuck = false;  ///< its relay does not move
    double ohm = 48;     ///< of what hangs on it

    /// Without noise; 0 when it is off.
    double output() const { return on ? std::min(volts, amperes * ohm) : 0; }
  };

  void reset() override;
  void define_settings();
  void define_measurements();
  /// CH2 as an argument, else the selected one.
  Channel& channel_of(const ScpiCall& call);
  Channel& numbered(const ScpiCall& call);

  std::shared_ptr<BenchModel> model_;  // shared with the other instruments of the bench
  std::array<Channel, 3> channels_;
  int selected_ = 1;
};

/// GPIB-Ethernet controller with one instrument: lines with ++ are its own, a reply is handed over
/// when `++read` asks for it. Nobody answers for another GPIB address.
class VirtualPrologix : public VirtualDevice {
 public:
  VirtualPrologix(std::unique_ptr<ScpiInstrument> instrument, int gpib);

  std::vector<OwnFault> own_faults() const override { return instrument_->own_faults(); }

  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override {
    instrument_->set_own_fault(name, channel, on, now);
  }

 private:
  Answer execute(const std::string& line, Microseconds now) override;
  Answer own_command(std::string_view command);

  std::unique_ptr<ScpiInstrument> instrument_;
  int gpib_, address_ = 0;
  std::string unread_;
};

}  // namespace fat

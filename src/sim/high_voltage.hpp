// High-voltage supplies as their clients see them: CAEN with $BD and without, Spellman with
// checksum and without.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/virtual_device.hpp"

namespace fat {

/// CAEN: ramps, trips above its current limit into 10 Mohm, and refuses to be set in local mode.
class VirtualCaen : public VirtualDevice {
 public:
  /// `board`: its number; none: the form without $BD, where the ramp down is called RDWN.
  VirtualCaen(std::optional<int> board, int channels, double speed);

  std::vector<OwnFault> own_faults() const override;
  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  struct Channel {
    double set_volts = 0, set_microamperes = 100, up = 50, down = 50;
    double volts = 0;  ///< at `updated_`
    bool on = false, by_ramp = true, tripped = false;
  };

  using Words = std::map<std::string, std::string>;

  Answer execute(const std::string& line, Microseconds now) override;
  std::string obey(const Words& words);
  std::string monitor_board(const std::string& parameter) const;
  std::string monitor_channels(std::size_t channel, const std::string& parameter) const;
  std::string monitor(const Channel& channel, const std::string& parameter) const;
  std::string set(Channel& channel, const Words& words);
  std::string set_value(Channel& channel, const std::string& parameter, double value) const;
  void ramp(Microseconds now);
  unsigned status(const Channel& channel) const;

  std::optional<int> board_;
  std::string ramp_down_;
  std::vector<Channel> channels_;
  double speed_;
  bool local_ = false, silent_when_set_ = false;
  Microseconds updated_{0};
};

/// Spellman: twelve bits are the full scale, of the monitor 1.2 times it.
class VirtualSpellman : public VirtualDevice {
 public:
  enum class Wire { Serial, Network };  ///< with checksum, without

  /// `switch_command`: 98 or 99 switches the high voltage.
  VirtualSpellman(Wire wire, int switch_command);

  std::vector<OwnFault> own_faults() const override { return {{"interlock-open"}, {"tripped"}}; }

  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  Answer execute(const std::string& line, Microseconds now) override;
  std::string obey(int command, const std::string& argument);
  std::string set(int command, const std::string& argument);

  Wire wire_;
  int switch_command_;
  int volts_ = 0, amperes_ = 0;  // counts
  bool on_ = false, open_ = false, tripped_ = false;
};

}  // namespace fat

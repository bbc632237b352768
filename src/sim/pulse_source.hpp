// Voltage, temperature and light of one PMT -> its pulses, one after another.
#pragma once

#include <utility>

#include "fat/sim/module_identity.hpp"
#include "sim/random.hpp"

namespace fat {

/// What a PMT stands in at one moment.
struct PmtSurroundings {
  double volts = 0;
  double celsius = 0;
  double light = 0;            ///< mean photo-electrons per laser pulse that reach it
  double laser_frequency = 0;  ///< Hz
};

struct PmtPulse {
  double time = 0;          ///< s since the stream began
  double picocoulombs = 0;  ///< of all its photo-electrons; 0: none, only noise
};

/// Dark pulses at random times, mostly of one photo-electron; laser pulses at their frequency;
/// pick-up, seldom.
class PulseSource {
 public:
  explicit PulseSource(PmtIdentity pmt) : pmt_(std::move(pmt)) {}

  /// The first one after `time` (s); the laser's stand at whole periods.
  PmtPulse next(double time, const PmtSurroundings& around, Random& random) const;

  /// What one laser pulse does: 0 when no photo-electron came of it.
  double laser_charge(const PmtSurroundings& around, Random& random) const;

  /// pC of that many photo-electrons.
  double charge(int electrons, const PmtSurroundings& around, Random& random) const;

  /// The number of photo-electrons that have such a charge, as a mean.
  double electrons(double picocoulombs, const PmtSurroundings& around) const;

  /// ADC counts of a pulse's highest sample.
  double height(double picocoulombs) const;
  /// The part of its height that a pulse has `samples` after its highest sample.
  double shape(double samples) const;

 private:
  double dark_charge(const PmtSurroundings& around, Random& random) const;

  PmtIdentity pmt_;
};

}  // namespace fat

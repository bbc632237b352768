// Time and settings -> the physics that the bench's modules and instruments share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fat/model/instant.hpp"
#include "sim/random.hpp"

namespace fat {

constexpr double kRoomTemperature = 21.5;  ///< degC

/// The freezer's air follows its setpoint, what stands in it follows the air; the room has 21.5
/// degC. Asked for times that only grow.
class FreezerModel {
 public:
  void set(double target, bool runs, Microseconds now);
  /// False: the compressor runs and nothing gets cold.
  void set_cooling(bool cools, Microseconds now);
  void set_door(bool open, Microseconds now);

  double target() const { return target_; }

  bool runs() const { return runs_; }

  bool door_is_open() const { return door_open_; }

  double air(Microseconds now) const;
  /// The modules.
  double inside(Microseconds now) const;

 private:
  double goal() const;
  void begin_again(Microseconds now);

  double target_ = 20, air_then_ = kRoomTemperature, inside_then_ = kRoomTemperature;
  bool runs_ = false, cools_ = true, door_open_ = false;
  Microseconds since_{0};
};

/// An emptied cryostat: its top plate and its bottom, a heating strip on each, in a vacuum. What is
/// cold creeps towards the room. Asked for times that only grow.
class CryostatModel {
 public:
  /// W of the strip on the top plate and of that on the bottom, from now on.
  void heat(double top, double bottom, Microseconds now);
  double top(Microseconds now) const;     ///< K
  double bottom(Microseconds now) const;  ///< K

 private:
  double sum(Microseconds now) const;
  double difference(Microseconds now) const;

  double top_power_ = 0, bottom_power_ = 0;
  double top_then_ = 150, bottom_then_ = 148;
  Microseconds since_{0};
};

/// What the laser is driven with, and what of it there is.
struct LaserModel {
  bool supply = true;  ///< of the laser itself
  bool output = false;
  double high = 0;       ///< V
  double frequency = 0;  ///< Hz

  /// It takes 1 V to fire.
  bool fires() const { return supply && output && high >= 1 && frequency > 0; }
};

struct FilterWheelModel {
  std::array<double, 6> transmission{};
  std::size_t position = 1;  ///< 1..6
  bool swapped = false;      ///< somebody exchanged the filters at 2 and 3

  double light() const;
};

/// What the bench does to one module: power, interlocks, light.
struct ModulePlace {
  bool pair_power = true, board_power = true;
  bool dead = false;           ///< never answers again
  int resets = 0;              ///< how often it lost everything so far
  int rapcals = 0;             ///< how often its clock was compared with the surface's so far
  Microseconds awake_from{0};  ///< while it boots it says nothing
  bool hv_allowed = true, flash_allowed = true, lid_allowed = true;
  Microseconds hv_forbidden_at{0};
  std::array<double, 2> fibres{1, 1};  ///< 0: broken
  bool sees_sync = false;  ///< no PMTs: the generator's sync signal at channel 0, nothing at 1

  bool has_power() const { return pair_power && board_power; }
};

/// What modules and instruments of one bench have in common. All times are the bench's own.
struct BenchModel {
  BenchModel(std::uint32_t seed, double how_fast, int how_many = 1);

  /// The bench's own time: it may run fast, the wire does not.
  Microseconds hours(Microseconds now) const {
    return std::chrono::duration_cast<Microseconds>(now * speed);
  }

  /// Part of the laser's light that passes both wheels; 0 when it does not fire.
  double light() const;
  /// From power on or reset: FPGA image, high voltage and echo are lost, it boots.
  void restart(std::size_t module, Microseconds now);
  /// Interlocks are lost with the power.
  void power(std::size_t module, bool pair, bool board, Microseconds now);
  void forbid_hv(std::size_t module, Microseconds now);

  Random noise;
  double speed;
  FreezerModel freezer;
  CryostatModel cryostat;
  LaserModel laser;
  std::array<FilterWheelModel, 2> wheels;
  std::vector<ModulePlace> modules;  ///< behind them the tabletop board
};

}  // namespace fat

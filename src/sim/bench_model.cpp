// Time and settings -> temperatures, light, power.
#include "sim/bench_model.hpp"

#include <algorithm>
#include <cmath>

namespace fat {
namespace {

using namespace std::chrono_literals;

constexpr double kAirTime = 1800;     // s
constexpr double kInsideTime = 5400;  // s
constexpr Microseconds kBootTime = 2s;
constexpr double kRoomKelvin = kRoomTemperature + 273.15;
constexpr double kPlateCapacity = 1500;  // J/K, of each
constexpr double kPlateToPlate = 3;      // W/K
constexpr double kPlateToRoom = 0.01;    // W/K

double seconds(Microseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

double FreezerModel::goal() const {
  const double closed = runs_ && cools_ ? target_ : kRoomTemperature;
  return door_open_ ? (closed + kRoomTemperature) / 2 : closed;
}

void FreezerModel::begin_again(Microseconds now) {
  const double air_now = air(now);
  inside_then_ = inside(now);
  air_then_ = air_now;
  since_ = now;
}

void FreezerModel::set(double target, bool runs, Microseconds now) {
  begin_again(now);
  target_ = target;
  runs_ = runs;
}

void FreezerModel::set_cooling(bool cools, Microseconds now) {
  begin_again(now);
  cools_ = cools;
}

void FreezerModel::set_door(bool open, Microseconds now) {
  begin_again(now);
  door_open_ = open;
}

double FreezerModel::air(Microseconds now) const {
  return goal() + ((air_then_ - goal()) * std::exp(-seconds(now - since_) / kAirTime));
}

// Two bodies, one behind the other: inside' = (air - inside) / kInsideTime.
double FreezerModel::inside(Microseconds now) const {
  const double passed = seconds(now - since_);
  const double of_air = (air_then_ - goal()) * kAirTime / (kAirTime - kInsideTime);
  const double of_inside = inside_then_ - goal() - of_air;
  return goal() + (of_air * std::exp(-passed / kAirTime)) +
         (of_inside * std::exp(-passed / kInsideTime));
}

void CryostatModel::heat(double top, double bottom, Microseconds now) {
  const double top_now = this->top(now);
  bottom_then_ = this->bottom(now);
  top_then_ = top_now;
  top_power_ = top;
  bottom_power_ = bottom;
  since_ = now;
}

// Two equal bodies: their sum knows only the room, their difference each other.
double CryostatModel::sum(Microseconds now) const {
  const double goal = (2 * kRoomKelvin) + ((top_power_ + bottom_power_) / kPlateToRoom);
  const double rate = kPlateToRoom / kPlateCapacity;
  return goal + ((top_then_ + bottom_then_ - goal) * std::exp(-seconds(now - since_) * rate));
}

double CryostatModel::difference(Microseconds now) const {
  const double both_ways = kPlateToRoom + (2 * kPlateToPlate);
  const double goal = (top_power_ - bottom_power_) / both_ways;
  const double rate = both_ways / kPlateCapacity;
  return goal + ((top_then_ - bottom_then_ - goal) * std::exp(-seconds(now - since_) * rate));
}

double CryostatModel::top(Microseconds now) const {
  return (sum(now) + difference(now)) / 2;
}

double CryostatModel::bottom(Microseconds now) const {
  return (sum(now) - difference(now)) / 2;
}

double FilterWheelModel::light() const {
  auto place = std::clamp<std::size_t>(position, 1, transmission.size());
  if (swapped && (place == 2 || place == 3)) {
    place = 5 - place;
  }
  return transmission.at(place - 1);
}

BenchModel::BenchModel(std::uint32_t seed, double how_fast, int how_many)
    : noise(seed), speed(how_fast), modules(static_cast<std::size_t>(how_many) + 1) {
  modules.back().sees_sync = true;
  wheels[0].transmission = {1, 0.32, 0.25, 0.1, 0.05, 0};
  wheels[1].transmission = {1, 0.5, 0.25, 0.1, 0.05, 0.01};
}

double BenchModel::light() const {
  return laser.fires() ? wheels[0].light() * wheels[1].light() : 0;
}

void BenchModel::restart(std::size_t module, Microseconds now) {
  auto& place = modules.at(module);
  ++place.resets;
  place.awake_from = now + kBootTime;
}

void BenchModel::power(std::size_t module, bool pair, bool board, Microseconds now) {
  auto& place = modules.at(module);
  const bool before = place.has_power();
  place.pair_power = pair;
  place.board_power = board;
  if (before != place.has_power()) {
    restart(module, now);
  }
  if (!pair) {
    place.hv_allowed = place.flash_allowed = place.lid_allowed = false;
  }
}

void BenchModel::forbid_hv(std::size_t module, Microseconds now) {
  auto& place = modules.at(module);
  place.hv_allowed = false;
  place.hv_forbidden_at = now;
}

}  // namespace fat

// Filter wheel, thermometer, chiller and FieldHub controller as their clients see them.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/bench_model.hpp"
#include "sim/virtual_device.hpp"

namespace fat {

/// Thorlabs FW102C: echo, value, prompt; the prompt after a move comes when it is over.
class VirtualWheel : public VirtualDevice {
 public:
  VirtualWheel(std::shared_ptr<BenchModel> model, std::size_t number);

  /// A jammed wheel takes its time and stays where it is.
  void jam(bool jammed) { jammed_ = jammed; }

  std::vector<OwnFault> own_faults() const override { return {{"jammed"}, {"swapped"}}; }

  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  Answer execute(const std::string& line, Microseconds now) override;
  std::string obey(const std::string& line, Microseconds& takes);
  std::string set(const std::string& name, int value, Microseconds& takes);

  std::shared_ptr<BenchModel> model_;  // shared with the other instruments of the bench
  std::size_t number_;
  bool jammed_ = false, lights_ = true;
  int speed_ = 1, trigger_ = 0;
};

/// Lutron TM-947SD: a frame of each channel in turn, twice a second, whoever listens.
class VirtualThermometer : public VirtualDevice {
 public:
  explicit VirtualThermometer(std::shared_ptr<BenchModel> model);

  void silence(int channel, bool silent) {
    silent_.at(static_cast<std::size_t>(channel - 1)) = silent;
  }

  std::vector<OwnFault> own_faults() const override { return {{"silent", 1, 4}}; }

  void set_own_fault(std::string_view /*name*/,
                     int channel,
                     bool on,
                     Microseconds /*now*/) override {
    silence(channel, on);
  }

 private:
  Answer execute(const std::string& /*line*/, Microseconds /*now*/) override { return {}; }

  std::optional<Microseconds> next_push() const override { return next_; }

  std::string push() override;

  std::shared_ptr<BenchModel> model_;  // shared with the other instruments of the bench
  std::array<bool, 4> silent_{};
  int channel_ = 1;
  Microseconds next_{0};
};

/// A humidity sensor: a line "42.1 21.5" (% and degC) for each line it gets.
class VirtualHumidity : public VirtualDevice {
 public:
  explicit VirtualHumidity(std::shared_ptr<BenchModel> model);

 private:
  Answer execute(const std::string& line, Microseconds now) override;

  std::shared_ptr<BenchModel> model_;  // shared with the other instruments of the bench
};

/// Julabo circulator that cools the freezer: IN_ is answered, OUT_ is not.
class VirtualChiller : public VirtualDevice {
 public:
  explicit VirtualChiller(std::shared_ptr<BenchModel> model);

  void set_remote(bool remote) { remote_ = remote; }

  std::vector<OwnFault> own_faults() const override {
    return {{"not-cooling"}, {"door-open"}, {"local"}, {"low-level"}};
  }

  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  Answer execute(const std::string& line, Microseconds now) override;
  void set(const std::string& name, double value);
  std::string read(const std::string& name);
  std::string status() const;

  std::shared_ptr<BenchModel> model_;  // shared with the other instruments of the bench
  std::array<double, 3> setpoints_{20, 20, 20};
  bool remote_ = true, low_level_ = false;
  int error_ = 0;
  Microseconds now_{0};
};

/// FieldHub controller: a line is a number (whose reply it is) and a JSON request.
class VirtualFieldHub : public VirtualDevice {
 public:
  /// `modules`: how many of the four places of its wire pair are taken, from module `first` on.
  VirtualFieldHub(std::shared_ptr<BenchModel> model, std::size_t first, std::size_t modules);

 private:
  Answer execute(const std::string& line, Microseconds now) override;
  std::string reply_to(std::string_view request);
  void power_pair(bool on);
  void compare_clocks();
  std::vector<std::size_t> devices() const;
  std::string wire_pair(const std::string& command);
  std::string module(const std::string& command, int device);
  std::string board(const std::string& command, std::size_t number);
  /// `read` and `write` of a device that answers; what was never written is 0.
  std::string at_register(int device, int address, std::optional<int> value);

  std::shared_ptr<BenchModel> model_;  // shared with the modules it feeds
  std::size_t first_, modules_;
  bool power_ = true;
  Microseconds now_{0};
  std::map<std::pair<int, int>, int> registers_;  // by device and address
};

}  // namespace fat

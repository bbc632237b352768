// Modules without a wire whose PMTs have a gain, a rate and a high voltage that ramps.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "fat/ports/bench.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {

/// Stands still but for those who pause; modules are worked on by several threads.
class SteppedClock : public Clock {
 public:
  Instant now() const override {
    const Microseconds passed{passed_};
    return {.wall = WallTime{std::chrono::seconds{1795219200} + passed},
            .boot = std::chrono::hours{1} + passed,
            .boot_id = "boot-1"};
  }

  void advance(Microseconds by) { passed_ += by.count(); }

 private:
  std::atomic<Microseconds::rep> passed_{0};
};

/// One PMT of a fake module, and what was done to it.
struct FakePmt {
  double nominal = 1500, exponent = 6.8;  ///< gain = 1e7 * (V / nominal)^exponent
  double rate = 900;                      ///< Hz, above 1000 V
  double laser = 0;                       ///< Hz; 0: it sees none
  bool stuck = false;                     ///< the high voltage does not move
  bool on = false;
  double from = 0, target = 0;  ///< V
  Microseconds since{0};
  int samples = 0;
  int threshold = 0;
  TriggerSource source = TriggerSource::None;
};

struct FakePmtModule {
  std::array<FakePmt, 2> pmts;
  ModuleInterlocks interlocks{.high_voltage = true,
                              .flash = true,
                              .lid = true,
                              .fpga_configuration = true,
                              .light_sensor = true};
  Microseconds opens_at{0};                   ///< nobody listens before
  std::map<SlowAdcChannel, double> slow_adc;  ///< what is not 100
  int fpga_version = 272;
  int loads = 272;  ///< what is in the FPGA after it was configured

  /// As without power: FPGA image and high voltage are lost.
  void restart() {
    fpga_version = kFpgaNotConfigured;
    for (auto& pmt : pmts) {
      pmt.on = false;
      pmt.from = pmt.target = 0;
    }
  }

  std::function<void(const std::string& word)> before_word = [](const std::string&) {};
};

/// Modules by serial; time is the clock's.
class FakePmtBench : public Bench {
 public:
  explicit FakePmtBench(SteppedClock& clock) : clock_(clock) {}

  mutable std::map<std::string, FakePmtModule> modules;

  std::unique_ptr<DetectorModule> open(const ModuleEntry& module) const override {
    const auto found = modules.find(module.serial);
    if (found == modules.end() || clock_.now().boot < found->second.opens_at) {
      throw DeviceError{DeviceFault::Unreachable, module.serial, "nobody listens"};
    }
    return std::make_unique<Session>(clock_, module.serial, found->second);
  }

  double volts(const std::string& serial, int channel) const {
    return volts_of(modules.at(serial).pmts.at(static_cast<std::size_t>(channel)), clock_);
  }

 private:
  static double volts_of(const FakePmt& pmt, const Clock& clock) {
    if (pmt.stuck) {
      return pmt.from;
    }
    const double step = 50 * std::chrono::duration<double>(clock.now().boot - pmt.since).count();
    return pmt.target > pmt.from ? std::min(pmt.target, pmt.from + step)
                                 : std::max(pmt.target, pmt.from - step);
  }

  class Session : public DetectorModule, public HighVoltage, public PmtReadout {
   public:
    Session(SteppedClock& clock, std::string serial, FakePmtModule& module)
        : clock_(clock), serial_(std::move(serial)), module_(module) {}

    int software_version() override { return 62; }

    int fpga_version() override { return module_.fpga_version; }

    BoardIds board_ids() override { return {}; }

    std::string newest_flash_file() override { return "newest.rbf"; }

    void configure_fpga(const std::string& /*file*/) override {
      module_.before_word("configure");
      module_.fpga_version = module_.loads;
    }

    SlowAdcReading read_slow_adc(SlowAdcChannel channel) override {
      module_.before_word("sloAdc");
      if (channel == SlowAdcChannel::Hv0 || channel == SlowAdcChannel::Hv1) {
        return {volts_of(pmt(channel == SlowAdcChannel::Hv0 ? 0 : 1), clock_), "V"};
      }
      if (const auto found = module_.slow_adc.find(channel); found != module_.slow_adc.end()) {
        return {found->second, "mA"};
      }
      return {channel == SlowAdcChannel::Temperature ? 21.5 : 100.0, "degC"};
    }

    double pressure() override { return 502; }

    void reboot() override {
      module_.before_word("reboot");
      module_.restart();
    }

    HighVoltage& high_voltage() override { return *this; }

    PmtReadout& readout() override { return *this; }

    ModuleInterlocks interlocks() override {
      module_.before_word("interlocks");
      return module_.interlocks;
    }

    void enable(int channel, bool on) override {
      module_.before_word("enable");
      move(pmt(channel), 0);
      pmt(channel).on = on;
    }

    bool enabled(int channel) override { return pmt(channel).on; }

    void set(int channel, int volts) override {
      module_.before_word("setHV");
      move(pmt(channel), volts);
    }

    void set_baseline(int /*channel*/, int /*dac*/) override {}

    void set_samples(int channel, int /*before*/, int samples) override {
      pmt(channel).samples = samples;
    }

    void arm(int channel, TriggerSource source, int threshold) override {
      if (source == TriggerSource::None) {
        armed_ = {};
        return;
      }
      pmt(channel).threshold = threshold;
      pmt(channel).source = source;
      armed_.at(static_cast<std::size_t>(channel)) = true;
      channel_ = channel;
    }

    void start_stream(StreamMode mode, int first, int second) override {
      module_.before_word("stream");
      mode_ = mode;
      const bool dual = mode == StreamMode::Dual || mode == StreamMode::DualFir;
      channel_ = dual ? 0 : first;
      armed_ = {dual, dual};
      armed_.at(static_cast<std::size_t>(channel_)) = mode != StreamMode::Software;
      pmt(channel_).threshold = dual ? first : second;
    }

    std::vector<PmtWaveform> read_waveforms(Microseconds /*patience*/) override {
      std::vector<PmtWaveform> block;
      for (int i = 0; i < 221; ++i) {
        ticks_ += gap();
        block.push_back({.channel = channel_, .sync = false, .ticks = ticks_, .adc = wave()});
      }
      return block;
    }

    void set_variable_samples(int /*channel*/, int /*before*/, int /*after*/) override {}

    void set_fir_coefficients(int /*channel*/, const FirCoefficients& /*all*/) override {}

    std::optional<PmtWaveform> read_waveform(Microseconds /*patience*/) override {
      ticks_ += gap();
      return PmtWaveform{.channel = channel_, .sync = false, .ticks = ticks_, .adc = wave()};
    }

    std::vector<ChargeStamp> read_charges(int count, Microseconds /*patience*/) override {
      module_.before_word("charges");
      if (!armed_.at(static_cast<std::size_t>(channel_))) {
        throw DeviceError{DeviceFault::Timeout, serial_, "no trigger is armed"};
      }
      std::vector<ChargeStamp> stamps;
      for (int i = 0; i < count; ++i) {
        ticks_ += gap();
        stamps.push_back({channel_, ticks_, charge(), true});
      }
      return stamps;
    }

    long long scaler_count(int channel, const ScalerSetting& setting) override {
      module_.before_word("scaler");
      if (!armed_.at(static_cast<std::size_t>(channel))) {
        return 0;
      }
      return std::poisson_distribution<long long>{pmt(channel).rate * setting.period_us *
                                                  1e-6}(random_);
    }

   private:
    FakePmt& pmt(int channel) { return module_.pmts.at(static_cast<std::size_t>(channel)); }

    void move(FakePmt& one, double volts) {
      one.from = volts_of(one, clock_);
      one.target = volts;
      one.since = clock_.now().boot;
    }

    double charge() {
      const auto& one = pmt(channel_);
      const double gain = std::pow(volts_of(one, clock_) / one.nominal, one.exponent);
      return 1.602 * gain * std::max(0.02, std::normal_distribution<>{1, 0.3}(random_));
    }

    std::uint64_t gap() {
      if (pmt(channel_).laser > 0) {
        return static_cast<std::uint64_t>(kTicksPerSecond / pmt(channel_).laser);
      }
      const double rate = volts_of(pmt(channel_), clock_) > 1000 ? pmt(channel_).rate : 1;
      return static_cast<std::uint64_t>(
          std::exponential_distribution<>{rate}(random_)*kTicksPerSecond);
    }

    /// A pulse of Gaussian shape, 1.6 samples wide, at sample 20; none of a software trigger.
    std::vector<std::uint16_t> wave() {
      const double counts = 189.3 / 1.602 * charge();  // of the whole pulse
      const double peak = mode_ == StreamMode::Software ? 0 : counts / (1.6 * 2.5066);
      std::vector<std::uint16_t> adc;
      for (int i = 0; i < pmt(channel_).samples; ++i) {
        const double away = (i - 20) / 1.6;
        adc.push_back(
            static_cast<std::uint16_t>(std::lround(8000 + (peak * std::exp(-away * away / 2)) +
                                                   std::normal_distribution<>{0, 1.2}(random_))));
      }
      return adc;
    }

    SteppedClock& clock_;
    std::string serial_;
    FakePmtModule& module_;
    std::mt19937 random_{20261121};  // NOLINT(*-msc51-cpp): a test repeats itself
    StreamMode mode_ = StreamMode::Threshold;
    int channel_ = 0;
    std::array<bool, 2> armed_{};
    std::uint64_t ticks_ = 0;
  };

  SteppedClock& clock_;
};

}  // namespace fat

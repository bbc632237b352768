// Module addresses -> sessions with their iceboot over TCP.
#include "fat/devices/iceboot_bench.hpp"

#include <fmt/format.h>

#include "devices/iceboot_commands.hpp"
#include "devices/iceboot_module.hpp"
#include "devices/iceboot_readout.hpp"
#include "devices/iceboot_reply.hpp"
#include "devices/iceboot_session.hpp"
#include "devices/tcp_link.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

class IcebootModule : public DetectorModule {
 public:
  IcebootModule(SessionParts parts, Microseconds boot)
      : serial_(parts.device), session_(std::move(parts), boot) {
    session_.open();
  }

  int software_version() override { return session_.ask_number(iceboot::kSoftwareVersion); }

  BoardIds board_ids() override {
    return {.mainboard = session_.ask(iceboot::kMainboardId), .icm = session_.ask(iceboot::kIcmId)};
  }

  int fpga_version() override { return session_.ask_number(iceboot::kFpgaVersion); }

  std::string newest_flash_file() override {
    auto file = parse_newest_file(session_.ask(iceboot::kFlashList)).value_or("");
    if (file.empty()) {
      throw DeviceError{DeviceFault::Refused, serial_, "the flash holds no file"};
    }
    return file;
  }

  void configure_fpga(const std::string& flash_file) override {
    session_.ask(iceboot::kConfigureFpga, fmt::format("s\" {}\"", flash_file));
  }

  SlowAdcReading read_slow_adc(SlowAdcChannel channel) override {
    const auto number = std::to_string(static_cast<int>(channel));
    return parse_slow_adc(session_.ask(iceboot::kSlowAdc, number)).value_or(SlowAdcReading{});
  }

  double pressure() override {
    return parse_first_number(session_.ask(iceboot::kPressure)).value_or(0);
  }

  void reboot() override {
    session_.ask(iceboot::kReboot);
    session_.close();
  }

  HighVoltage& high_voltage() override { return high_voltage_; }

  PmtReadout& readout() override { return readout_; }

 private:
  std::string serial_;
  IcebootSession session_;
  IcebootHighVoltage high_voltage_{session_};
  IcebootReadout readout_{session_};
};

}  // namespace

std::unique_ptr<DetectorModule> open_iceboot(SessionParts parts, Microseconds boot) {
  return std::make_unique<IcebootModule>(std::move(parts), boot);
}

std::unique_ptr<DetectorModule> IcebootBench::open(const ModuleEntry& module) const {
  return open_iceboot({.clock = clock_,
                       .device = module.serial,
                       .link = std::make_unique<TcpLink>(module.host, module.port),
                       .timeouts = timeouts_.link,
                       .locks = locks_},
                      timeouts_.boot);
}

}  // namespace fat

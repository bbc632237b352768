// Module addresses -> sessions with their iceboot over TCP.
#include "fat/devices/iceboot_bench.hpp"

#include <fmt/format.h>

#include "devices/iceboot_reply.hpp"
#include "devices/iceboot_session.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

class IcebootModule : public DetectorModule {
 public:
  IcebootModule(const Clock& clock, const ModuleEntry& module, const IcebootTimeouts& timeouts)
      : serial_(module.serial), session_(clock, module, timeouts) {
    session_.start();
  }

  int software_version() override { return session_.ask_number(iceboot::kSoftwareVersion); }

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

 private:
  std::string serial_;
  IcebootSession session_;
};

}  // namespace

std::unique_ptr<DetectorModule> IcebootBench::open(const ModuleEntry& module) const {
  return std::make_unique<IcebootModule>(clock_, module, timeouts_);
}

}  // namespace fat

// Time and settings -> the physical state of one virtual module.
#include "sim/module_model.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr int kNotConfigured = 65535;
constexpr double kHvRamp = 50;  // V/s

struct Quiet {
  std::string_view name;
  double value;
  double width;
  std::string_view unit;
};

// Channels whose mean does not move; 8..11 are computed.
constexpr std::array<Quiet, 16> kSlowAdc{{{"LVS_SLO_IMON_1V1", 310, 3, "mA"},
                                          {"LVS_SLO_IMON_1V35", 210, 2, "mA"},
                                          {"LVS_SLO_IMON_1V8", 265, 2, "mA"},
                                          {"LVS_SLO_IMON_2V5", 120, 2, "mA"},
                                          {"LVS_SLO_IMON_3V3", 95, 2, "mA"},
                                          {"LVS_SLO_VMON_1V8_A", 1.801, 0.002, "V"},
                                          {"LIGHT_SENSOR", 12, 1, "mV"},
                                          {"TEMPERATURE", 21.5, 0.05, "degC"},
                                          {"HVS0_VMON", 0, 0.4, "V"},
                                          {"HVS0_IMON", 0, 0.05, "uA"},
                                          {"HVS1_VMON", 0, 0.4, "V"},
                                          {"HVS1_IMON", 0, 0.05, "uA"},
                                          {"LVS_SLO_VMON_1V1", 1.101, 0.001, "V"},
                                          {"LVS_SLO_VMON_1V35", 1.352, 0.001, "V"},
                                          {"LVS_SLO_VMON_2V5", 2.503, 0.002, "V"},
                                          {"LVS_SLO_VMON_3V3", 3.304, 0.003, "V"}}};
constexpr double kMicroampsPerVolt = 0.0125;
constexpr double kPressure = 502.4;   // hPa at room temperature
constexpr double kAbsolute = 273.15;  // K
constexpr double kRoomLight = 400;    // mV more with the door open

double in_seconds(Microseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

ModuleModel::ModuleModel(ModuleIdentity identity,
                         const VirtualModuleOptions& options,
                         const BenchModel& bench)
    : bench_(bench),
      identity_(std::move(identity)),
      fpga_version_(options.fpga_configured ? options.fpga_version : kNotConfigured),
      flash_version_(options.flash_version),
      fpga_loads_(options.fpga_loads),
      flash_{{"degg_fw_v0x10f.rbf.gz", 2214400, {}},
             {fmt::format("degg_fw_v{:#05x}.rbf.gz", options.flash_version), 2214912, {}}},
      noise_(std::hash<std::string>{}(identity_.serial)) {}

bool ModuleModel::configure_fpga(const std::string& file) {
  const bool known =
      std::ranges::any_of(flash_, [&](const FlashFile& one) { return one.name == file; });
  if (known && fpga_loads_) {
    fpga_version_ = file == flash_.back().name ? flash_version_ : 0x10f;
  }
  return known;
}

bool ModuleModel::remove_file(const std::string& file) {
  return std::erase_if(flash_, [&](const FlashFile& one) { return one.name == file; }) > 0;
}

std::optional<std::string> ModuleModel::file_content(const std::string& file) const {
  const auto found = std::ranges::find(flash_, file, &FlashFile::name);
  if (found == flash_.end()) {
    return std::nullopt;
  }
  auto content = found->content;
  const auto size = static_cast<std::size_t>(found->size);
  while (content.size() < size) {
    content += file + '\n';
  }
  content.resize(size);
  return content;
}

void ModuleModel::store_file(const std::string& file, std::string content) {
  remove_file(file);
  const auto size = static_cast<int>(content.size());
  flash_.push_back({.name = file, .size = size, .content = std::move(content)});
}

void ModuleModel::reboot() {
  fpga_version_ = kNotConfigured;
  for (auto& one : hv_) {
    one = {.stuck = one.stuck};
  }
}

void ModuleModel::enable_hv(int channel, bool enabled, Microseconds now) {
  hv_.at(index(channel)).enabled = enabled;
  ramp(channel, 0, now);
}

void ModuleModel::set_hv(int channel, double volts, Microseconds now) {
  ramp(channel, volts, now);
}

void ModuleModel::ramp(int channel, double target, Microseconds now) {
  auto& one = hv_.at(index(channel));
  one.from = hv(channel, now);
  one.target = one.stuck ? one.from : target;
  one.since = now;
}

void ModuleModel::stick_hv(int channel, bool stuck, Microseconds now) {
  hv_.at(index(channel)).stuck = stuck;
  if (stuck) {
    ramp(channel, 0, now);
  }
}

double ModuleModel::hv(int channel, Microseconds now) const {
  const auto& one = hv_.at(index(channel));
  const double step = kHvRamp * in_seconds(now - one.since);
  return one.target > one.from ? std::min(one.target, one.from + step)
                               : std::max(one.target, one.from - step);
}

SlowAdcValue ModuleModel::slow_adc(int channel, Microseconds now) {
  const auto& quiet = kSlowAdc.at(index(channel));
  double mean = quiet.value;
  if (channel == 6 && bench_.freezer.door_is_open()) {
    mean += kRoomLight;
  } else if (channel == 7) {
    mean = temperature(now);
  } else if (channel == 8 || channel == 10) {
    mean = hv((channel - 8) / 2, now);
  } else if (channel == 9 || channel == 11) {
    mean = kMicroampsPerVolt * hv((channel - 9) / 2, now);
  }
  return {quiet.name, mean + (quiet.width * noise_.normal()), quiet.unit};
}

double ModuleModel::pressure(Microseconds now) {
  const double warmth = (temperature(now) + kAbsolute) / (kRoomTemperature + kAbsolute);
  return (kPressure * warmth) + (0.2 * noise_.normal());
}

}  // namespace fat

// Filter wheel, thermometer, chiller and FieldHub controller as their clients see them.
#include "sim/bench_instruments.hpp"

#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/whole_number.hpp"

namespace fat {
namespace {

constexpr int kPositions = 6;
constexpr int kController = 8;
constexpr double kMostNumber = 1e6;  // of any command: what is beyond is none
constexpr std::chrono::milliseconds kOnePosition{400};
constexpr std::chrono::milliseconds kBetweenFrames{125};  // four channels, twice a second
constexpr std::string_view kNotDefined = "Command error CMD_NOT_DEFINED";
constexpr const char* kOk = R"({"status":"OK"})";
constexpr const char* kBadRequest = R"({"status":"?BADREQUEST"})";
constexpr const char* kNoReply = R"({"status":"?NOREPLY"})";
constexpr std::string_view kInvalid = "Command error CMD_ARG_INVALID";

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::abs(value) <= kMostNumber ? std::optional{value} : std::nullopt;  // no NaN
}

}  // namespace

VirtualWheel::VirtualWheel(std::shared_ptr<BenchModel> model, std::size_t number)
    : VirtualDevice('\r', Microseconds{0}), model_(std::move(model)), number_(number) {}

VirtualDevice::Answer VirtualWheel::execute(const std::string& line, Microseconds /*now*/) {
  Microseconds takes{0};
  const auto value = obey(line, takes);
  return {line + "\r" + value + (value.empty() ? "" : "\r") + "> ", takes};
}

std::string VirtualWheel::obey(const std::string& line, Microseconds& takes) {
  if (line == "*idn?") {
    return "THORLABS FW102C/FW212C Filter Wheel version 1.07";
  }
  if (line == "pos?") {
    return std::to_string(model_->wheels.at(number_).position);
  }
  if (line == "pcount?") {
    return std::to_string(kPositions);
  }
  if (line == "sensors?") {
    return lights_ ? "1" : "0";
  }
  if (line == "speed?" || line == "trig?") {
    return std::to_string(line == "speed?" ? speed_ : trigger_);
  }
  const auto equals = line.find('=');
  if (equals == std::string::npos) {
    return line == "save" ? std::string{} : std::string{kNotDefined};
  }
  const auto value = number_in(std::string_view{line}.substr(equals + 1));
  return value ? set(line.substr(0, equals), static_cast<int>(*value), takes)
               : std::string{kInvalid};
}

std::string VirtualWheel::set(const std::string& name, int value, Microseconds& takes) {
  auto& position = model_->wheels.at(number_).position;
  if (name == "pos" && value >= 1 && value <= kPositions) {
    takes = std::chrono::duration_cast<Microseconds>(
        kOnePosition * std::abs(value - static_cast<int>(position)) / model_->speed);
    position = jammed_ ? position : static_cast<std::size_t>(value);
    return {};
  }
  const bool flag = value == 0 || value == 1;
  if (name == "sensors" && flag) {
    lights_ = value == 1;
  } else if (name == "speed" && flag) {
    speed_ = value;
  } else if (name == "trig" && flag) {
    trigger_ = value;
  } else {
    const bool known = name == "pos" || name == "sensors" || name == "speed" || name == "trig";
    return std::string{known ? kInvalid : kNotDefined};
  }
  return {};
}

void VirtualWheel::set_own_fault(std::string_view name,
                                 int /*channel*/,
                                 bool on,
                                 Microseconds /*now*/) {
  if (name == "jammed") {
    jam(on);
  } else {
    model_->wheels.at(number_).swapped = on;
  }
}

VirtualThermometer::VirtualThermometer(std::shared_ptr<BenchModel> model)
    : VirtualDevice('\n', Microseconds{0}), model_(std::move(model)) {}

std::string VirtualThermometer::push() {
  const int channel = channel_;
  channel_ = (channel_ % 4) + 1;
  const auto celsius = model_->freezer.air(model_->hours(next_)) + (0.05 * model_->noise.normal());
  next_ += kBetweenFrames;
  if (silent_.at(static_cast<std::size_t>(channel - 1))) {
    return {};
  }
  const auto tenths = std::lround(celsius * 10);
  return fmt::format(
      "\x02"
      "4{}01{}1{:08}\r",
      channel,
      tenths < 0 ? 1 : 0,
      std::abs(tenths));
}

VirtualHumidity::VirtualHumidity(std::shared_ptr<BenchModel> model)
    : VirtualDevice('\n', Microseconds{0}), model_(std::move(model)) {}

// It lies in the room, not in the freezer.
VirtualDevice::Answer VirtualHumidity::execute(const std::string& /*line*/, Microseconds /*now*/) {
  constexpr double percent = 42;
  return {.bytes = fmt::format("{:.1f} {:.1f}\n",
                               percent + (0.3 * model_->noise.normal()),
                               kRoomTemperature + (0.1 * model_->noise.normal())),
          .after = Microseconds{0}};
}

VirtualChiller::VirtualChiller(std::shared_ptr<BenchModel> model)
    : VirtualDevice('\r', Microseconds{0}), model_(std::move(model)) {}

void VirtualChiller::set_own_fault(std::string_view name,
                                   int /*channel*/,
                                   bool on,
                                   Microseconds now) {
  if (name == "not-cooling") {
    model_->freezer.set_cooling(!on, model_->hours(now));
  } else if (name == "door-open") {
    model_->freezer.set_door(on, model_->hours(now));
  } else if (name == "low-level") {  // it stops by itself, and is started again by a person
    low_level_ = on;
    if (on) {
      model_->freezer.set(model_->freezer.target(), false, model_->hours(now));
    }
  } else {
    set_remote(!on);
  }
}

VirtualDevice::Answer VirtualChiller::execute(const std::string& line, Microseconds now) {
  now_ = model_->hours(now);
  std::string upper;
  for (const char byte : line) {
    upper += byte == '\n' ? "" : std::string(1, static_cast<char>(std::toupper(byte)));
  }
  if (!upper.starts_with("OUT_")) {
    const auto reply = read(upper);
    return {reply.empty() ? reply : reply + "\r\n", Microseconds{0}};
  }
  const auto blank = upper.find(' ');
  const auto value = blank == std::string::npos
                         ? std::nullopt
                         : number_in(std::string_view{upper}.substr(blank + 1));
  error_ = 0;
  if (!remote_) {
    error_ = -9;
  } else if (!value) {
    error_ = -8;
  } else {
    set(upper.substr(4, blank - 4), *value);
  }
  return {};
}

void VirtualChiller::set(const std::string& name, double value) {
  auto& freezer = model_->freezer;
  if (name == "MODE_05" && (value == 0 || value == 1)) {
    freezer.set(setpoints_[0], value == 1, now_);
  } else if (name == "SP_00" || name == "SP_01" || name == "SP_02") {
    if (value < -80 || value > 100) {
      error_ = value < 0 ? -10 : -11;
      return;
    }
    setpoints_.at(static_cast<std::size_t>(name.back() - '0')) = value;
    freezer.set(setpoints_[0], freezer.runs(), now_);
  } else {
    error_ = -8;
  }
}

std::string VirtualChiller::status() const {
  if (low_level_) {
    return "-01 LOW LEVEL ALARM";
  }
  if (error_ == -9) {
    return "-09 COMMAND NOT ALLOWED IN CURRENT OPERATING MODE";
  }
  if (error_ == -8) {
    return "-08 INVALID COMMAND";
  }
  if (error_ != 0) {
    return fmt::format("{:03} VALUE OUT OF RANGE", error_);
  }
  const bool runs = model_->freezer.runs();
  if (!remote_) {
    return runs ? "01 MANUAL START" : "00 MANUAL STOP";
  }
  return runs ? "03 REMOTE START" : "02 REMOTE STOP";
}

std::string VirtualChiller::read(const std::string& name) {
  const auto temperature = model_->freezer.air(now_);
  if (name == "VERSION") {
    return "JULABO FP50 VERSION 3.0";
  }
  if (name == "STATUS") {
    auto text = status();
    error_ = 0;
    return text;
  }
  if (name == "IN_PV_00" || name == "IN_PV_02") {
    return fmt::format("{:.2f}", temperature + (0.01 * model_->noise.normal()));
  }
  if (name == "IN_PV_01") {
    return model_->freezer.runs() ? "-60" : "0";
  }
  if (name == "IN_SP_00" || name == "IN_SP_01" || name == "IN_SP_02") {
    return fmt::format("{:.2f}", setpoints_.at(static_cast<std::size_t>(name.back() - '0')));
  }
  if (name == "IN_MODE_05") {
    return model_->freezer.runs() ? "1" : "0";
  }
  error_ = -8;
  return {};
}

VirtualFieldHub::VirtualFieldHub(std::shared_ptr<BenchModel> model,
                                 std::size_t first,
                                 std::size_t modules)
    : VirtualDevice('\n', Microseconds{0}),
      model_(std::move(model)),
      first_(first),
      modules_(modules) {}

VirtualDevice::Answer VirtualFieldHub::execute(const std::string& line, Microseconds now) {
  now_ = model_->hours(now);
  const auto blank = line.find(' ');
  const auto whose = line.substr(0, blank);
  return {whose + " " +
              reply_to(std::string_view{line}.substr(std::min(blank, line.size() - 1) + 1)) + "\n",
          Microseconds{0}};
}

std::string VirtualFieldHub::reply_to(std::string_view request) {
  const auto json = nlohmann::json::parse(request, nullptr, false);
  if (!json.is_object() || !json.contains("command") || !json["command"].is_string()) {
    return kBadRequest;
  }
  const auto command = json["command"].get<std::string>();
  const auto device = whole_number<int>(json.value("device", nlohmann::json{})).value_or(-1);
  if (command.starts_with("wp_") || command == "devlist" || command == "get_icm_time" ||
      command == "rapcal_all" || command == "disconnect_all") {
    return wire_pair(command);
  }
  if (command != "read" && command != "write") {
    return module(command, device);
  }
  const auto address = whole_number<int>(json.value("register", nlohmann::json{}));
  const auto value = whole_number<int>(json.value("value", nlohmann::json{}));
  if (!address || (command == "write" && !value)) {
    return kBadRequest;
  }
  const auto reached = module("probe", device);
  return reached == kOk ? at_register(device, *address, command == "write" ? value : std::nullopt)
                        : reached;
}

std::string VirtualFieldHub::at_register(int device, int address, std::optional<int> value) {
  constexpr int most = 0xffff;
  if (address < 0 || address > most || value.value_or(0) < 0 || value.value_or(0) > most) {
    return kBadRequest;
  }
  if (!value) {
    const auto held = registers_.find({device, address});
    return nlohmann::json{{"status", "OK"}, {"value", held == registers_.end() ? 0 : held->second}}
        .dump();
  }
  registers_[{device, address}] = *value;
  return kOk;
}

void VirtualFieldHub::power_pair(bool on) {
  power_ = on;
  for (std::size_t device = 0; device < modules_; ++device) {
    model_->power(first_ + device, on, on, now_);
  }
}

/// Each module with power tells what came of it.
void VirtualFieldHub::compare_clocks() {
  for (std::size_t device = 0; device < modules_; ++device) {
    auto& place = model_->modules.at(first_ + device);
    place.rapcals += place.has_power() ? 1 : 0;
  }
}

std::vector<std::size_t> VirtualFieldHub::devices() const {
  std::vector<std::size_t> all(power_ ? modules_ : 0);
  std::iota(all.begin(), all.end(), 0);
  all.push_back(kController);
  return all;
}

std::string VirtualFieldHub::wire_pair(const std::string& command) {
  nlohmann::json reply{{"status", "OK"}};
  if (command == "wp_on" || command == "wp_off") {
    power_pair(command == "wp_on");
  } else if (command == "wp_voltage") {
    reply["value"] = power_ ? 95.8 : 0.1;
  } else if (command == "wp_current") {
    reply["value"] = power_ ? 40.0 + (62.0 * static_cast<double>(modules_)) : 0.0;
  } else if (command == "get_icm_time") {
    reply["value"] = "0x0000012a05f200";
  } else if (command == "devlist") {
    reply["value"] = devices();
  } else if (command == "rapcal_all") {
    compare_clocks();
  } else if (command != "disconnect_all") {
    reply["status"] = "?UNKNOWN";
  }
  return reply.dump();
}

std::string VirtualFieldHub::module(const std::string& command, int device) {
  if (device == kController) {
    return kOk;
  }
  if (device < 0 || static_cast<std::size_t>(device) >= modules_ || !power_) {
    return R"({"status":"?NOCONN"})";
  }
  const auto number = first_ + static_cast<std::size_t>(device);
  auto& place = model_->modules.at(number);
  if (place.dead) {
    return kNoReply;
  }
  if (command == "mb_on" || command == "mb_off") {
    model_->power(number, true, command == "mb_on", now_);
    return kOk;
  }
  if (command == "probe" || command == "disconnect") {
    return kOk;
  }
  return place.board_power ? board(command, number) : kNoReply;
}

std::string VirtualFieldHub::board(const std::string& command, std::size_t number) {
  auto& place = model_->modules.at(number);
  if (command.starts_with("mcu_reset") || command == "fpga_reconfig") {
    model_->restart(number, now_);
  } else if (command == "pmt_hv_enable") {
    place.hv_allowed = true;
  } else if (command == "pmt_hv_disable") {
    model_->forbid_hv(number, now_);
  } else if (command == "mcu_flash_enable") {
    place.flash_allowed = true;
  } else if (command == "lid_enable") {
    place.lid_allowed = true;
  } else if (command != "term_enable" && command != "set_fpga_image_id") {
    return R"({"status":"?UNKNOWN"})";
  }
  return kOk;
}

}  // namespace fat

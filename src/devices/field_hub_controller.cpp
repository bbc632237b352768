// FieldHub controller of one wire pair: JSON requests over ZeroMQ.
#include "devices/field_hub_controller.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr int kController = 8;
constexpr double kPowered = 10;  // V: a wire pair has 96 V or none

bool is_reply(std::string_view text) {
  return parse_field_hub_reply(text).has_value();
}

bool is_number_reply(std::string_view text) {
  const auto reply = parse_field_hub_reply(text);
  return reply && parse_number(reply->value).has_value();
}

constexpr DeviceCommand kDevices{"devlist", is_reply, true};
constexpr DeviceCommand kProbe{"probe", is_reply, true};
constexpr DeviceCommand kPairOn{"wp_on", is_reply, false};
constexpr DeviceCommand kPairOff{"wp_off", is_reply, false};
constexpr DeviceCommand kPairVoltage{"wp_voltage", is_number_reply, true};
constexpr DeviceCommand kPairCurrent{"wp_current", is_number_reply, true};
constexpr DeviceCommand kModuleOn{"mb_on", is_reply, false};
constexpr DeviceCommand kModuleOff{"mb_off", is_reply, false};
constexpr DeviceCommand kAllowHv{"pmt_hv_enable", is_reply, false};
constexpr DeviceCommand kAllowFlash{"mcu_flash_enable", is_reply, false};
constexpr DeviceCommand kAllowLid{"lid_enable", is_reply, false};

const DeviceCommand& command_of(ModuleInterlock interlock) {
  switch (interlock) {
    case ModuleInterlock::HighVoltage:
      return kAllowHv;
    case ModuleInterlock::Flash:
      return kAllowFlash;
    case ModuleInterlock::Lid:
      return kAllowLid;
  }
  return kAllowHv;
}

std::string request(const DeviceCommand& command, int device) {
  return nlohmann::json{{"command", command.words}, {"device", device}}.dump();
}

std::string text_of(const nlohmann::json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_array()) {
    std::string all;
    for (const auto& member : value) {
      all += (all.empty() ? "" : " ") + (member.is_structured() ? "?" : text_of(member));
    }
    return all;
  }
  return value.is_null() ? std::string{} : value.dump();
}

}  // namespace

std::optional<FieldHubReply> parse_field_hub_reply(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("status") || !json["status"].is_string()) {
    return std::nullopt;
  }
  return FieldHubReply{json["status"].get<std::string>(),
                       json.contains("value") ? text_of(json["value"]) : std::string{}};
}

Exchange FieldHubSession::synchronise() {
  ask_here(kDevices, request(kDevices, kController));
  return {};
}

std::unique_ptr<Framer> FieldHubSession::framer(const std::string& /*line*/) const {
  return std::make_unique<MessageFramer>();
}

bool FieldHubSession::refuses(std::string_view reply) const {
  const auto parsed = parse_field_hub_reply(reply);
  return parsed && parsed->status != "OK";
}

std::string FieldHubController::ask(const DeviceCommand& command, int device) {
  const auto reply = session_.ask(command, request(command, device));
  return parse_field_hub_reply(reply).value_or(FieldHubReply{}).value;
}

std::vector<int> FieldHubController::devices() {
  std::vector<int> numbers;
  const auto text = ask(kDevices, kController) + " ";
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find_first_of(" ,", begin);
    if (const auto number = parse_integer(std::string_view{text}.substr(begin, end - begin))) {
      numbers.push_back(static_cast<int>(*number));
    }
    begin = end + 1;
  }
  return numbers;
}

bool FieldHubController::probe(int device) {
  try {
    ask(kProbe, device);
    return true;
  } catch (const DeviceError& error) {
    if (error.fault() == DeviceFault::Refused) {
      return false;
    }
    throw;
  }
}

void FieldHubController::set_wire_pair_power(bool on) {
  ask(on ? kPairOn : kPairOff, kController);
  const auto volts = wire_pair_power().volts;
  if ((volts > kPowered) != on) {
    throw DeviceError{
        DeviceFault::Refused,
        session_.device(),
        fmt::format("{} was taken, but the pair has {:.1f} V", on ? "wp_on" : "wp_off", volts)};
  }
}

WirePairPower FieldHubController::wire_pair_power() {
  return {parse_number(ask(kPairVoltage, kController)).value_or(0),
          parse_number(ask(kPairCurrent, kController)).value_or(0)};
}

void FieldHubController::set_module_power(int device, bool on) {
  ask(on ? kModuleOn : kModuleOff, device);
}

void FieldHubController::allow(int device, ModuleInterlock interlock) {
  ask(command_of(interlock), device);
}

}  // namespace fat

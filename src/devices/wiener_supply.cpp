// A Wiener crate or supply by SNMP -> an instrument.
#include "devices/wiener_supply.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "devices/session.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

/// One row of the MIB. Its numbers (enterprise 19947) are to be confirmed at a crate: reference 1.1
/// has the names only.
struct WienerSupply::Object {
  enum class Form { Float, Switch, IsOn, HasFailed };

  std::string_view name, unit;
  std::vector<std::uint32_t> tail;  ///< behind 1.3.6.1.4.1.19947.1
  Form form = Form::Float;
  bool per_output = true;
  double WienerParts::*highest = nullptr;  ///< of what can be set
  bool settable = false;
};

namespace {

constexpr double kSameFloat = 1e-4;  // V, A: it sets in steps
constexpr std::array<std::uint32_t, 8> kWiener{1, 3, 6, 1, 4, 1, 19947, 1};

}  // namespace

const std::vector<WienerSupply::Object>& WienerSupply::objects() {
  using enum Object::Form;
  static const std::vector<Object> all{
      {"voltage", "V", {3, 2, 1, 5}},           // outputMeasurementSenseVoltage
      {"terminal_voltage", "V", {3, 2, 1, 6}},  // outputMeasurementTerminalVoltage
      {"current", "A", {3, 2, 1, 7}},           // outputMeasurementCurrent
      {"voltage_setpoint", "V", {3, 2, 1, 10}, Float, true, &WienerParts::max_voltage, true},
      {"current_limit", "A", {3, 2, 1, 12}, Float, true, &WienerParts::max_current, true},
      {"output", "", {3, 2, 1, 9}, Switch, true, nullptr, true},  // outputSwitch
      {"output_is_on", "", {3, 2, 1, 4}, IsOn},                   // outputStatus
      {"tripped", "", {3, 2, 1, 4}, HasFailed},
      {"main_switch", "", {1, 1}, Switch, false, nullptr, true}};  // sysMainSwitch
  return all;
}

WienerSupply::WienerSupply(WienerParts parts)
    : parts_(std::move(parts)), lock_(parts_.clock, parts_.locks, "snmp " + parts_.host) {}

void WienerSupply::fail(DeviceFault fault, const std::string& text) const {
  throw DeviceError{fault, parts_.device, text};
}

SettingRange WienerSupply::range(const Object& object) const {
  return {0, object.highest == nullptr ? 1 : parts_.*object.highest};
}

std::vector<InstrumentQuantity> WienerSupply::quantities() const {
  std::vector<InstrumentQuantity> all;
  std::ranges::transform(objects(), std::back_inserter(all), [this](const Object& object) {
    return InstrumentQuantity{
        .name = std::string{object.name},
        .unit = std::string{object.unit},
        .inputs = object.per_output ? parts_.outputs : 1,
        .settable = object.settable ? std::optional{range(object)} : std::nullopt};
  });
  return all;
}

const WienerSupply::Object& WienerSupply::find(const std::string& quantity, int input) const {
  const auto found = std::ranges::find(objects(), quantity, &Object::name);
  if (found == objects().end()) {
    std::vector<std::string> known;
    std::ranges::transform(objects(), std::back_inserter(known), [](const Object& object) {
      return std::string{object.name};
    });
    fail(DeviceFault::Refused,
         fmt::format("has no quantity '{}' but {}{}",
                     quantity,
                     fmt::join(known, ", "),
                     did_you_mean(quantity, known)));
  }
  const int inputs = found->per_output ? parts_.outputs : 1;
  if (input < 1 || input > inputs) {
    fail(DeviceFault::Refused, fmt::format("has {} 1 to {}, not {}", quantity, inputs, input));
  }
  return *found;
}

SnmpRequest WienerSupply::request(const Object& object, int input) const {
  SnmpRequest request{.host = parts_.host,
                      .community = parts_.read_community,
                      .object = {kWiener.begin(), kWiener.end()},
                      .set_to = std::nullopt,
                      .patience = parts_.timeouts.first_byte};
  request.object.insert(request.object.end(), object.tail.begin(), object.tail.end());
  request.object.push_back(object.per_output ? static_cast<std::uint32_t>(input) : 0U);
  return request;
}

SnmpValue WienerSupply::transact(const SnmpRequest& request, const std::string& quantity) {
  const auto since = parts_.clock.now();
  if (const auto taken = lock_.take(parts_.timeouts.lock); taken.fault) {
    fail(taken.fault.value_or(DeviceFault::Busy), fmt::format("{}: {}", parts_.host, taken.why));
  }
  auto answer = ask_snmp(request);
  lock_.release();
  if (answer.result.fault) {
    fail(*answer.result.fault,
         fmt::format("{}: {} {}: {}; took {}",
                     parts_.host,
                     request.set_to ? "set" : "read",
                     quantity,
                     answer.result.why,
                     to_text(elapsed(since, parts_.clock.now()))));
  }
  return std::move(answer.value);
}

std::string WienerSupply::identity() {
  const SnmpRequest description{.host = parts_.host,
                                .community = parts_.read_community,
                                .object = {1, 3, 6, 1, 2, 1, 1, 1, 0},  // sysDescr
                                .set_to = std::nullopt,
                                .patience = parts_.timeouts.first_byte};
  const auto value = transact(description, "sysDescr");
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string{} : escaped(*text);
}

double WienerSupply::read(const std::string& quantity, int input) {
  constexpr unsigned is_on = 0x80, failures = 0x3f;  // BITS: the first is the highest
  const auto& object = find(quantity, input);
  const auto value = transact(request(object, input), quantity);
  const auto* number = std::get_if<double>(&value);
  const auto* whole = std::get_if<long>(&value);
  const auto* bits = std::get_if<std::string>(&value);
  if (object.form == Object::Form::Float && number != nullptr && std::isfinite(*number)) {
    return *number;
  }
  if (object.form == Object::Form::Switch && whole != nullptr && (*whole == 0 || *whole == 1)) {
    return static_cast<double>(*whole);
  }
  const bool of_status =
      object.form == Object::Form::IsOn || object.form == Object::Form::HasFailed;
  if (!of_status || bits == nullptr || bits->empty()) {
    fail(DeviceFault::Garbled, fmt::format("{}: {} is no such value", parts_.host, quantity));
  }
  const auto mask = object.form == Object::Form::IsOn ? is_on : failures;
  return (static_cast<unsigned char>(bits->front()) & mask) != 0 ? 1 : 0;
}

void WienerSupply::require_in_range(const Object& object, double value) const {
  if (!object.settable) {
    fail(DeviceFault::Refused, fmt::format("{} can only be read", object.name));
  }
  const bool is_switch = object.form == Object::Form::Switch;
  const auto [low, high] = range(object);
  const bool within = value >= low && value <= high;  // false of NaN
  if (!within || (is_switch && value != 0 && value != 1)) {
    fail(DeviceFault::Refused,
         fmt::format("{} = {:g} {} is not within {:g} and {:g}{}: nothing was sent",
                     object.name,
                     value,
                     object.unit,
                     low,
                     high,
                     is_switch ? "" : " (max_voltage, max_current of station.ini)"));
  }
}

// Where the answer to a setting got lost, what reads back decides.
void WienerSupply::set(const std::string& quantity, int input, double value) {
  const auto& object = find(quantity, input);
  require_in_range(object, value);
  const bool is_switch = object.form == Object::Form::Switch;
  auto setting = request(object, input);
  setting.community = object.per_output ? parts_.output_community : parts_.main_community;
  setting.set_to = is_switch ? SnmpValue{static_cast<long>(value)} : SnmpValue{value};
  std::exception_ptr lost;
  try {
    transact(setting, quantity);
  } catch (const DeviceError& error) {
    if (error.fault() != DeviceFault::Timeout && error.fault() != DeviceFault::Garbled) {
      throw;
    }
    lost = std::current_exception();
  }
  const auto found = read(quantity, input);
  if (std::abs(found - value) <= kSameFloat) {
    return;
  }
  if (lost) {
    std::rethrow_exception(lost);
  }
  fail(DeviceFault::Refused,
       fmt::format("{} = {:g} was taken, but reads back as {:g}", quantity, value, found));
}

void WienerSupply::make_safe() {
  std::exception_ptr first;
  for (int output = 1; output <= parts_.outputs; ++output) {
    try {
      set("output", output, 0);
    } catch (const DeviceError&) {
      first = first ? first : std::current_exception();
    }
  }
  if (first) {
    std::rethrow_exception(first);
  }
}

}  // namespace fat

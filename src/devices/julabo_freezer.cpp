// Julabo circulator as the freezer's controller.
#include "devices/julabo_freezer.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr double kSameCelsius = 0.011;  // degC: it stores hundredths
constexpr int kRemoteStop = 2, kRemoteStart = 3;

std::string_view julabo_text(std::string_view text) {
  constexpr std::string_view around = " \t\r\x11\x13";
  const auto begin = std::min(text.find_first_not_of(around), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(around) + 1);
}

bool is_julabo_number(std::string_view text) {
  return parse_julabo_number(text).has_value();
}

bool is_status(std::string_view text) {
  return parse_julabo_status(text).has_value();
}

constexpr DeviceCommand kStatus{"STATUS", is_status, true};
constexpr DeviceCommand kBath{"IN_PV_00", is_julabo_number, true};
constexpr DeviceCommand kExternal{"IN_PV_02", is_julabo_number, true};
constexpr DeviceCommand kSetpoint{"IN_SP_00", is_julabo_number, true};
constexpr DeviceCommand kRunning{"IN_MODE_05", is_julabo_number, true};
constexpr DeviceCommand kJulaboSet{"OUT_SP_00"};

}  // namespace

std::optional<double> parse_julabo_number(std::string_view text) {
  return parse_number(julabo_text(text));
}

std::optional<int> parse_julabo_status(std::string_view text) {
  text = julabo_text(text);
  const auto code = text.substr(0, text.find(' '));
  const auto digits = code.starts_with('-') ? code.substr(1) : code;
  const auto number = parse_integer(code);
  const bool status =
      number && digits.size() == 2 && code.size() < text.size() && is_printable(text);
  return status ? std::optional{static_cast<int>(number.value_or(0))} : std::nullopt;
}

double JulaboFreezer::number(const DeviceCommand& command) {
  return parse_julabo_number(session_.ask(command, std::string{command.words})).value_or(0);
}

std::string JulaboFreezer::state() {
  return std::string{julabo_text(session_.ask(kStatus, std::string{kStatus.words}))};
}

void JulaboFreezer::require_remote() {
  const auto text = state();
  const auto code = parse_julabo_status(text).value_or(0);
  if (code != kRemoteStop && code != kRemoteStart) {
    throw DeviceError{
        DeviceFault::Refused,
        session_.device(),
        fmt::format("says \"{}\": {}",
                    escaped(text),
                    code < 0 ? "mend that first" : "switch it to remote control on its panel")};
  }
}

void JulaboFreezer::set_target(double celsius) {
  const bool within = celsius >= settings_.coldest && celsius <= settings_.hottest;
  if (!within) {
    throw DeviceError{DeviceFault::Refused,
                      session_.device(),
                      fmt::format("{} degC is not within coldest {} and hottest {} of station.ini",
                                  celsius,
                                  settings_.coldest,
                                  settings_.hottest)};
  }
  require_remote();
  session_.ask(kJulaboSet, fmt::format("OUT_SP_00 {:.2f}", celsius));
  session_.ask(kJulaboSet, "OUT_MODE_05 1");
  const auto read = number(kSetpoint);
  const bool runs = number(kRunning) == 1;
  require_remote();
  if (!runs || std::abs(read - celsius) > kSameCelsius) {
    throw DeviceError{DeviceFault::Refused,
                      session_.device(),
                      fmt::format("OUT_SP_00 {:.2f} reads back as {:.2f}, and it {}",
                                  celsius,
                                  read,
                                  runs ? "runs" : "does not run")};
  }
}

std::optional<double> JulaboFreezer::target() {
  return number(kSetpoint);
}

double JulaboFreezer::temperature() {
  return number(settings_.external_sensor ? kExternal : kBath);
}

}  // namespace fat

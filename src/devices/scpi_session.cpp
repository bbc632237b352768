// An instrument that speaks SCPI -> queries answered, settings taken and read back.
#include "devices/scpi_session.hpp"

#include <cmath>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr int kMostErrors = 40;  // no queue is longer
constexpr double kSame = 1e-4;
constexpr double kSameNearZero = 1e-6;
constexpr DeviceCommand kSetting{"a setting", nullptr};

}  // namespace

std::unique_ptr<Framer> ScpiSession::framer(const std::string& /*line*/) const {
  return std::make_unique<LineFramer>("\n");
}

Exchange ScpiSession::synchronise() {
  if (auto reached = reach_a_number(); reached.fault) {
    return reached;
  }
  const auto identity = ask_here(scpi::kIdentity, "*IDN?");
  if (identity_.empty() && identity.find(model_) == std::string::npos) {
    return {DeviceFault::Garbled, "this is not a " + model_, identity};
  }
  if (!identity_.empty() && identity != identity_) {
    return {DeviceFault::Garbled, "another instrument answers now, it was " + identity_, identity};
  }
  identity_ = identity;
  return {};
}

// A late reply may stand in the stream. The event status enable register is nobody's here: what
// reads back as the number just written there was sent after it. *CLS empties the error queue.
Exchange ScpiSession::reach_a_number() {
  if (auto drained = drain(); drained.fault) {
    return drained;
  }
  const auto number = 100 + (now().boot.count() % 156);
  Exchange result;
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (const auto& line : {std::string{"*CLS"}, fmt::format("*ESE {}", number)}) {
      if (auto sent = send_line(line); sent.fault) {
        return sent;
      }
    }
    result = send_query("*ESE?");
    if (!result.fault) {
      result = read_until(fmt::format("{}\n", number), timeouts().first_byte);
    }
    if (result.fault != DeviceFault::Timeout) {
      return result;
    }
  }
  return result;
}

std::string ScpiSession::query(const DeviceCommand& command, const std::string& line) {
  return ask(command, line);
}

double ScpiSession::number(const DeviceCommand& command) {
  return parse_scpi_number(query(command)).value_or(0);
}

bool ScpiSession::boolean(const DeviceCommand& command, const std::string& line) {
  return parse_scpi_boolean(query(command, line)).value_or(false);
}

void ScpiSession::set(const std::string& line) {
  const Turn turn{*this, line};  // an error in the queue is this line's
  ask(kSetting, line);
  require_no_errors(line);
}

void ScpiSession::require_no_errors(const std::string& line) {
  const auto since = now();
  std::string errors;
  for (int count = 0; count < kMostErrors; ++count) {
    const auto reply = ask_here(scpi::kError, std::string{scpi::kError.words});
    if (parse_scpi_error(reply).value_or(ScpiError{}).code == 0) {
      break;
    }
    errors += (errors.empty() ? "" : "; ") + reply;
  }
  if (!errors.empty()) {
    fail(line, {DeviceFault::Refused, "the instrument refuses", errors}, since);
  }
}

void ScpiSession::set_number(const std::string& setting, const DeviceCommand& query, double value) {
  set(fmt::format("{} {:.10g}", setting, value));
  const auto read = number(query);
  if (std::abs(read - value) > kSameNearZero + (kSame * std::abs(value))) {
    refuse_read_back(fmt::format("{} {:.10g}", setting, value), fmt::format("{:.10g}", read));
  }
}

void ScpiSession::set_boolean(const std::string& setting,
                              const DeviceCommand& query,
                              const std::string& line,
                              bool value) {
  set(setting);
  if (boolean(query, line) != value) {
    refuse_read_back(setting, value ? "off" : "on");
  }
}

const std::string& ScpiSession::identity() {
  query(scpi::kIdentity);
  return identity_;
}

void ScpiSession::refuse_read_back(const std::string& setting, const std::string& read_back) {
  fail(setting, {DeviceFault::Refused, "was taken, but reads back differently", read_back}, now());
}

}  // namespace fat

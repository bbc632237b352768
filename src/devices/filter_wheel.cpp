// Thorlabs FW102C / FW212C: where the wheel stands, and moving it.
#include "devices/filter_wheel.hpp"

#include <fmt/format.h>

#include "fat/model/quantity.hpp"

namespace fat {
namespace {

bool is_number(std::string_view text) {
  return parse_wheel_number(text).has_value();
}

bool is_identity(std::string_view text) {
  return text.find("FW") != std::string_view::npos && is_printable(text);
}

bool is_empty_reply(std::string_view text) {
  return text.empty();
}

constexpr DeviceCommand kIdentity{"*idn?", is_identity, true};
constexpr DeviceCommand kPosition{"pos?", is_number, true};
constexpr DeviceCommand kPositions{"pcount?", is_number, true};
constexpr DeviceCommand kSensors{"sensors?", is_number, true};
constexpr DeviceCommand kSet{"sensors=", is_empty_reply, false};
constexpr DeviceCommand kMove{
    "pos=", is_empty_reply, false, std::chrono::seconds{8}};  // turns for up to 4 s

}  // namespace

std::optional<int> parse_wheel_number(std::string_view text) {
  const auto number = parse_integer(text);
  return number && *number >= 0 && *number <= 1000 ? std::optional{static_cast<int>(*number)}
                                                   : std::nullopt;
}

std::unique_ptr<Framer> FilterWheelSession::framer(const std::string& line) const {
  return std::make_unique<EchoFramer>(line, "\r");
}

bool FilterWheelSession::refuses(std::string_view reply) const {
  return reply.starts_with("Command error");
}

// Half a line and late replies may stand in the stream. The wheel repeats a word that nobody used
// before, and says that it does not know it: what came before that is thrown away.
Exchange FilterWheelSession::synchronise() {
  if (auto sent = send_line(""); sent.fault) {
    return sent;
  }
  if (auto drained = drain(); drained.fault) {
    return drained;
  }
  const auto word = fmt::format("fat{}", now().boot.count() % 1'000'000);
  auto reached = send_line(word);
  if (!reached.fault) {
    reached = read_until(fmt::format("{}\rCommand error CMD_NOT_DEFINED\r> ", word),
                         timeouts().first_byte);
  }
  if (reached.fault) {
    return reached;
  }
  ask_here(kIdentity, std::string{kIdentity.words});
  return {};
}

std::string FilterWheelFw102c::identity() {
  return session_.ask(kIdentity, std::string{kIdentity.words});
}

int FilterWheelFw102c::number(const DeviceCommand& command) {
  return parse_wheel_number(session_.ask(command, std::string{command.words})).value_or(0);
}

int FilterWheelFw102c::positions() {
  return number(kPositions);
}

int FilterWheelFw102c::position() {
  return number(kPosition);
}

void FilterWheelFw102c::move_to(int position) {
  session_.ask(kMove, fmt::format("pos={}", position));
  if (const auto read = number(kPosition); read != position) {
    throw DeviceError{
        DeviceFault::Refused,
        session_.device(),
        fmt::format(
            "was sent to position {} and stands at {}: is the wheel jammed?", position, read)};
  }
}

void FilterWheelFw102c::darken() {
  session_.ask(kSet, "sensors=0");
  if (!is_dark()) {
    throw DeviceError{DeviceFault::Refused,
                      session_.device(),
                      "sensors=0 was taken, but its lights are still on"};
  }
}

bool FilterWheelFw102c::is_dark() {
  return number(kSensors) == 0;
}

}  // namespace fat

// Thorlabs FW102C / FW212C: where the wheel stands, and moving it.
#pragma once

#include <utility>

#include "devices/session.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

/// Echo, value, prompt "> ", lines ended by CR. A wheel answers a move when it has arrived.
class FilterWheelSession : public Session {
 public:
  using Session::Session;

 protected:
  Exchange synchronise() override;
  std::unique_ptr<Framer> framer(const std::string& line) const override;
  bool refuses(std::string_view reply) const override;

  std::string_view line_end() const override { return "\r"; }
};

class FilterWheelFw102c : public FilterWheel {
 public:
  explicit FilterWheelFw102c(SessionParts parts) : session_(std::move(parts)) {}

  std::string identity() override;
  int positions() override;
  int position() override;
  void move_to(int position) override;
  void darken() override;
  bool is_dark() override;

 private:
  int number(const DeviceCommand& command);

  FilterWheelSession session_;
};

/// "3": a small whole number. nullopt otherwise.
std::optional<int> parse_wheel_number(std::string_view text);

}  // namespace fat

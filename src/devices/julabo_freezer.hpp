// Julabo circulator as the freezer's controller.
#pragma once

#include <utility>

#include "devices/line_session.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

/// IN_... is answered, OUT_... is not: what was set is read back. It answers in order, and only
/// VERSION with words.
Dialect julabo_dialect();

struct JulaboSettings {
  bool external_sensor = false;  ///< IN_PV_02 in the freezer's air instead of IN_PV_00 in the bath
  double coldest = -50, hottest = 50;  ///< degC it may be set to
};

class JulaboFreezer : public Freezer {
 public:
  JulaboFreezer(SessionParts parts, const JulaboSettings& settings)
      : session_(std::move(parts), julabo_dialect()), settings_(settings) {}

  /// Sets working setpoint 1 and starts the circulator. Refused in local mode: OUT commands would
  /// do nothing.
  void set_target(double celsius) override;
  std::optional<double> target() override;
  double temperature() override;
  /// "03 REMOTE START", "-01 LOW LEVEL ALARM".
  std::string state() override;

 private:
  void require_remote();
  double number(const DeviceCommand& command);

  LineSession session_;
  JulaboSettings settings_;
};

/// "-12.50", "21.3": XON/XOFF bytes and blanks around it are not part of it.
std::optional<double> parse_julabo_number(std::string_view text);
/// "03 REMOTE START" -> 3. nullopt when the text does not begin with a two-digit code.
std::optional<int> parse_julabo_status(std::string_view text);

}  // namespace fat

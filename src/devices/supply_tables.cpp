// Rigol DP900 and Keithley 2400: supplies that speak SCPI.
#include <array>
#include <chrono>

#include "devices/instrument_tables.hpp"
#include "devices/reply_value.hpp"
#include "devices/scpi_session.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;

// Reference 3.1. Channel 3 gives 6 V only: its own refusal is told.
constexpr std::array kRigolRows{
    QuantityRow{.name = "voltage", .unit = "V", .query = ":MEAS:VOLT? CH#", .read = read_number},
    QuantityRow{.name = "current", .unit = "A", .query = ":MEAS:CURR? CH#", .read = read_number},
    QuantityRow{.name = "power", .unit = "W", .query = ":MEAS:POWE? CH#", .read = read_number},
    QuantityRow{.name = "voltage_setpoint",
                .unit = "V",
                .query = ":SOUR#:VOLT?",
                .read = read_number,
                .setting = {.line = ":SOUR#:VOLT {:.3f}",
                            .high = 32,
                            .step = 2e-3,
                            .high_key = "max_voltage"}},
    QuantityRow{.name = "current_limit",
                .unit = "A",
                .query = ":SOUR#:CURR?",
                .read = read_number,
                .setting = {.line = ":SOUR#:CURR {:.3f}",
                            .high = 3,
                            .step = 2e-3,
                            .high_key = "max_current"}},
    QuantityRow{.name = "output",
                .query = ":OUTP? CH#",
                .read = read_switch,
                .setting = {.line = ":OUTP CH#,ON", .off = ":OUTP CH#,OFF"}}};

// Reference 3.9. A reading is five numbers, and :READ? is an error while the output is off.
constexpr Guard kOutputOn{.query = ":OUTP:STAT?", .read = require_output_on};
constexpr std::array kKeithleyRows{
    QuantityRow{.name = "voltage",
                .unit = "V",
                .query = ":READ?",
                .read = read_keithley<0>,
                .guard = kOutputOn},
    QuantityRow{.name = "current",
                .unit = "A",
                .query = ":READ?",
                .read = read_keithley<1>,
                .guard = kOutputOn},
    QuantityRow{.name = "status", .query = ":READ?", .read = read_keithley<4>, .guard = kOutputOn},
    QuantityRow{.name = "compliance", .query = ":SENS:CURR:PROT:TRIP?", .read = read_switch},
    QuantityRow{.name = "voltage_setpoint",
                .unit = "V",
                .query = ":SOUR:VOLT?",
                .read = read_number,
                .setting = {.line = ":SOUR:VOLT {:.6g}",
                            .low = -1100,
                            .high = 1100,
                            .step = 1e-2,
                            .low_key = "min_voltage",
                            .high_key = "max_voltage"}},
    QuantityRow{.name = "current_limit",
                .unit = "A",
                .query = ":SENS:CURR:PROT?",
                .read = read_number,
                .setting = {.line = ":SENS:CURR:PROT {:.6g}",
                            .high = 1.05,
                            .step = 1e-7,
                            .high_key = "max_current"}},
    QuantityRow{.name = "output",
                .query = ":OUTP:STAT?",
                .read = read_switch,
                .setting = {.line = ":OUTP ON", .off = ":OUTP OFF"}}};

constexpr std::array kOutputOff{SafeSetting{"output", 0}};

}  // namespace

std::vector<InstrumentTable> supply_tables() {
  using enum ParameterType;
  using enum LinkKind;
  return {{.kind = "rigol_dp900",
           .summary = "power supply of three channels, such as for heaters",
           .links = {Tcp, Prologix},
           .open = [](SessionParts parts, const TableParameters&) -> std::unique_ptr<Dialogue> {
             return std::make_unique<ScpiSession>(std::move(parts), "DP9");
           },
           .rows = kRigolRows,
           .channels = 3,
           .safe = kOutputOff,
           .release = ":SYST:LOCAL",
           .parameters = {table_parameter("max_voltage", Voltage, "32 V", "never set above it"),
                          table_parameter("max_current", Current, "3 A", "never set above it")}},
          {.kind = "keithley_2400",
           .summary = "source meter of the 2400 family; one that sources a voltage",
           .links = {Serial, Prologix, Tcp},
           .open = [](SessionParts parts, const TableParameters&) -> std::unique_ptr<Dialogue> {
             return std::make_unique<ScpiSession>(std::move(parts), "MODEL 24");
           },
           .rows = kKeithleyRows,
           .safe = kOutputOff,
           .release = ":SYST:LOC",
           .parameters = {table_parameter("min_voltage", Voltage, "-210 V", "never set below it"),
                          table_parameter("max_voltage", Voltage, "210 V", "never set above it"),
                          table_parameter("max_current", Current, "0.1 A", "never set above it")},
           .timeouts = {.first_byte = 3s}}};  // :READ? integrates
}

}  // namespace fat

// Julabo and Lauda: circulators.
#include <algorithm>
#include <array>
#include <chrono>

#include "devices/instrument_tables.hpp"
#include "devices/julabo_freezer.hpp"
#include "devices/reply_value.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;

constexpr double kChillerStep = 0.011;  // degC: they store hundredths

// Reference 3.5. OUT_ is not answered and acts in remote mode only: the status is read before and
// after.
constexpr Guard kRemote{.query = "STATUS", .read = require_julabo_remote};
constexpr std::array kJulaboRows{
    QuantityRow{.name = "temperature", .unit = "degC", .query = "IN_PV_00", .read = read_julabo},
    QuantityRow{.name = "heating_power", .unit = "%", .query = "IN_PV_01", .read = read_julabo},
    QuantityRow{
        .name = "external_temperature", .unit = "degC", .query = "IN_PV_02", .read = read_julabo},
    QuantityRow{
        .name = "safety_temperature", .unit = "degC", .query = "IN_PV_03", .read = read_julabo},
    QuantityRow{.name = "setpoint",
                .unit = "degC",
                .query = "IN_SP_00",
                .read = read_julabo,
                .setting = {.line = "OUT_SP_00 {:.2f}",
                            .low = -95,
                            .high = 300,
                            .step = kChillerStep,
                            .low_key = "coldest",
                            .high_key = "hottest",
                            .guard = kRemote}},
    QuantityRow{.name = "running",
                .query = "IN_MODE_05",
                .read = read_julabo,
                .setting = {.line = "OUT_MODE_05 1", .off = "OUT_MODE_05 0", .guard = kRemote}},
    QuantityRow{.name = "external_control",
                .query = "IN_MODE_04",
                .read = read_julabo,
                .setting = {.line = "OUT_MODE_04 1", .off = "OUT_MODE_04 0", .guard = kRemote}},
    QuantityRow{.name = "status", .query = "STATUS", .read = read_julabo_status}};

// Reference 3.6. IN_MODE_02 is 1 in standby.
constexpr std::array kLaudaRows{
    QuantityRow{.name = "temperature", .unit = "degC", .query = "IN_PV_00", .read = read_number},
    QuantityRow{
        .name = "external_temperature", .unit = "degC", .query = "IN_PV_01", .read = read_number},
    QuantityRow{.name = "level", .query = "IN_PV_05", .read = read_number},
    QuantityRow{.name = "setpoint",
                .unit = "degC",
                .query = "IN_SP_00",
                .read = read_number,
                .setting = {.line = "OUT_SP_00_{:.2f}",
                            .low = -95,
                            .high = 300,
                            .step = kChillerStep,
                            .low_key = "coldest",
                            .high_key = "hottest"}},
    QuantityRow{.name = "running",
                .query = "IN_MODE_02",
                .read = read_lauda_running,
                .setting = {.line = "START", .off = "STOP"}},
    QuantityRow{.name = "status", .query = "STATUS", .read = read_number},
    QuantityRow{.name = "faults", .query = "STAT", .read = read_lauda_faults}};

bool begins_with_a_letter(std::string_view text) {
  return !text.empty() && is_printable(text) &&
         ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z'));
}

bool is_julabo_version(std::string_view reply) {
  return begins_with_a_letter(bare_reply(reply));
}

bool is_lauda_error(std::string_view reply) {
  return reply.starts_with("ERR");
}

bool is_lauda_ok(std::string_view reply) {
  return reply == "OK";
}

bool is_lauda_type(std::string_view reply) {
  return begins_with_a_letter(reply) && !is_lauda_error(reply) && !is_lauda_ok(reply);
}

std::vector<ParameterInfo> temperature_limits() {
  using enum ParameterType;
  return {table_parameter("coldest", Temperature, "-50 degC", "never set below it"),
          table_parameter("hottest", Temperature, "50 degC", "never set above it")};
}

}  // namespace

Dialect julabo_dialect() {
  return {.end = "\r", .reply_end = "\n", .identity = {"VERSION", is_julabo_version, true}};
}

std::vector<InstrumentTable> chiller_tables() {
  auto julabo_limits = temperature_limits();
  julabo_limits.insert(julabo_limits.begin(),
                       table_parameter("external_sensor",
                                       ParameterType::Boolean,
                                       "no",
                                       "a freezer's temperature is the external Pt100's, not the "
                                       "bath's"));
  return {{.kind = "julabo",
           .summary = "circulator, such as the freezer's controller",
           .links = {LinkKind::Serial, LinkKind::Tcp},
           .open = [](SessionParts parts, const TableParameters&) -> std::unique_ptr<Dialogue> {
             return std::make_unique<LineSession>(std::move(parts), julabo_dialect());
           },
           .rows = kJulaboRows,
           .parameters = julabo_limits,
           .timeouts = {.pause = 250ms}},
          {.kind = "lauda",
           .summary = "circulator: Variocool, Eco, Proline",
           .links = {LinkKind::Serial, LinkKind::Tcp},
           .open = [](SessionParts parts, const TableParameters&) -> std::unique_ptr<Dialogue> {
             return std::make_unique<LineSession>(std::move(parts),
                                                  Dialect{.identity = {"TYPE", is_lauda_type, true},
                                                          .refuses = is_lauda_error,
                                                          .set_reply = is_lauda_ok});
           },
           .rows = kLaudaRows,
           .parameters = temperature_limits(),
           .timeouts = {.pause = 50ms}}};
}

}  // namespace fat

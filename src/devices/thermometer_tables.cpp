// Lake Shore 218: eight temperatures.
#include <array>
#include <chrono>

#include "devices/instrument_tables.hpp"
#include "devices/line_session.hpp"
#include "devices/reply_value.hpp"
#include "devices/scpi_reply.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;

// Reference 3.10: one query per message. A sensor that is open reads as 0 K, and only its status
// says so.
constexpr Guard kGoodSensor{.query = "RDGST? #", .read = require_good_sensor};
constexpr std::array kLakeShoreRows{
    QuantityRow{.name = "temperature",
                .unit = "K",
                .query = "KRDG? #",
                .read = read_number,
                .guard = kGoodSensor},
    QuantityRow{.name = "sensor", .query = "SRDG? #", .read = read_number, .guard = kGoodSensor},
    QuantityRow{.name = "status", .query = "RDGST? #", .read = read_number}};

bool is_lake_shore(std::string_view reply) {
  return reply.starts_with("LSCI,MODEL218") && is_scpi_identity(reply);
}

}  // namespace

std::vector<InstrumentTable> thermometer_tables() {
  return {{.kind = "lakeshore_218",
           .summary = "temperature monitor of eight inputs",
           .links = {LinkKind::Serial, LinkKind::Tcp},
           .open = [](SessionParts parts, const TableParameters&) -> std::unique_ptr<Dialogue> {
             return std::make_unique<LineSession>(
                 std::move(parts), Dialect{.identity = {"*IDN?", is_lake_shore, true}});
           },
           .rows = kLakeShoreRows,
           .channels = 8,
           .timeouts = {.pause = 50ms}}};
}

}  // namespace fat

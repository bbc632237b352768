// CAEN ($BD form and without) and Spellman (serial and TCP): high-voltage supplies.
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "devices/instrument_tables.hpp"
#include "devices/line_session.hpp"
#include "devices/reply_value.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;

constexpr double kMicro = 1e-6;  // CAEN speaks in microamperes

// Reference 3.8. Rows that both families have; they differ in two: the name of the ramp down, and
// which bits of the status mean a trip.
constexpr QuantityRow kCaenVoltage{
    .name = "voltage", .unit = "V", .query = "CMD:MON,CH:#,PAR:VMON", .read = read_caen};
constexpr QuantityRow kCaenCurrent{.name = "current",
                                   .unit = "A",
                                   .query = "CMD:MON,CH:#,PAR:IMON",
                                   .read = read_caen,
                                   .scale = kMicro};
constexpr QuantityRow kCaenSetpoint{.name = "voltage_setpoint",
                                    .unit = "V",
                                    .query = "CMD:MON,CH:#,PAR:VSET",
                                    .read = read_caen,
                                    .setting = {.line = "CMD:SET,CH:#,PAR:VSET,VAL:{:.1f}",
                                                .high = 8000,
                                                .step = 0.11,
                                                .high_key = "max_voltage"}};
constexpr QuantityRow kCaenLimit{.name = "current_limit",
                                 .unit = "A",
                                 .query = "CMD:MON,CH:#,PAR:ISET",
                                 .read = read_caen,
                                 .scale = kMicro,
                                 .setting = {.line = "CMD:SET,CH:#,PAR:ISET,VAL:{:.2f}",
                                             .high = 3e-3,
                                             .step = 0.06e-6,
                                             .high_key = "max_current"}};
constexpr QuantityRow kCaenRampUp{
    .name = "ramp_up",
    .unit = "V/s",
    .query = "CMD:MON,CH:#,PAR:RUP",
    .read = read_caen,
    .setting = {.line = "CMD:SET,CH:#,PAR:RUP,VAL:{:.0f}", .low = 1, .high = 500, .step = 0.5}};
/// While it ramps down it is already switched off.
constexpr QuantityRow kCaenOutput{.name = "output",
                                  .query = "CMD:MON,CH:#,PAR:STAT",
                                  .read = read_caen_bits<0x0001>,
                                  .setting = {.line = "CMD:SET,CH:#,PAR:ON",
                                              .off = "CMD:SET,CH:#,PAR:OFF",
                                              .confirm = read_caen_switched_on}};
constexpr QuantityRow kCaenRamping{
    .name = "ramping", .query = "CMD:MON,CH:#,PAR:STAT", .read = read_caen_bits<0x0006>};
constexpr QuantityRow kCaenStatus{
    .name = "status", .query = "CMD:MON,CH:#,PAR:STAT", .read = read_caen};
constexpr QuantityRow kCaenPowerDown{
    .name = "off_by_ramp",
    .query = "CMD:MON,CH:#,PAR:PDWN",
    .read = read_caen_word,
    .setting = {.line = "CMD:SET,CH:#,PAR:PDWN,VAL:RAMP", .off = "CMD:SET,CH:#,PAR:PDWN,VAL:KILL"}};

constexpr std::array kBoardRows{
    kCaenVoltage,
    kCaenCurrent,
    kCaenSetpoint,
    kCaenLimit,
    kCaenRampUp,
    QuantityRow{
        .name = "ramp_down",
        .unit = "V/s",
        .query = "CMD:MON,CH:#,PAR:RDW",
        .read = read_caen,
        .setting = {.line = "CMD:SET,CH:#,PAR:RDW,VAL:{:.0f}", .low = 1, .high = 500, .step = 0.5}},
    kCaenOutput,
    kCaenRamping,
    QuantityRow{.name = "tripped",  // TRIP, OVP, OVT, DIS, KILL, ILK, NOCAL
                .query = "CMD:MON,CH:#,PAR:STAT",
                .read = read_caen_bits<0x3f80>},
    kCaenStatus,
    kCaenPowerDown,
    QuantityRow{.name = "interlock", .query = "CMD:MON,PAR:BDILK", .read = read_caen_word},
    QuantityRow{.name = "remote", .query = "CMD:MON,PAR:BDCTR", .read = read_caen_word},
    QuantityRow{.name = "alarm", .query = "CMD:MON,PAR:BDALARM", .read = read_caen}};

constexpr std::array kDesktopRows{
    kCaenVoltage,
    kCaenCurrent,
    kCaenSetpoint,
    kCaenLimit,
    kCaenRampUp,
    QuantityRow{.name = "ramp_down",
                .unit = "V/s",
                .query = "CMD:MON,CH:#,PAR:RDWN",
                .read = read_caen,
                .setting = {.line = "CMD:SET,CH:#,PAR:RDWN,VAL:{:.0f}",
                            .low = 1,
                            .high = 500,
                            .step = 0.5}},
    kCaenOutput,
    kCaenRamping,
    QuantityRow{.name = "tripped",  // tripped, OVP, OVT, KILL, ILK, fail
                .query = "CMD:MON,CH:#,PAR:STAT",
                .read = read_caen_bits<0x2ec0>},
    kCaenStatus,
    kCaenPowerDown};

/// Ramped down, not cut off.
constexpr std::array kCaenSafe{SafeSetting{"off_by_ramp", 1}, SafeSetting{"output", 0}};

bool is_caen_error(std::string_view reply) {
  return reply.ends_with(":ERR");
}

bool is_caen_done(std::string_view reply) {
  return reply.ends_with("CMD:OK");
}

/// "VAL:N1470": the only value with a digit and a letter.
bool is_caen_name(std::string_view reply) {
  constexpr std::string_view begin = ",VAL:";
  return reply.starts_with(begin) && is_printable(reply) &&
         reply.find_first_of("0123456789", begin.size()) != std::string_view::npos &&
         reply.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", begin.size()) != std::string_view::npos;
}

Dialect caen_dialect(const std::string& board) {
  return {.before = "$" + board,
          .reply_before = "#" + board + "CMD:OK",
          .identity = {"CMD:MON,PAR:BDNAME", is_caen_name, true},
          .refuses = is_caen_error,
          .set_reply = is_caen_done};
}

// Reference 3.7. Twelve bits are the full scale, and the monitor's are 1.2 times it. Which field of
// 22 says what is to be confirmed by a bench (reference 7).
constexpr double kOneCount = 1.0 / 4095, kOneMonitorCount = 1.2 / 4095;
constexpr QuantityRow kSpellmanVoltage{.name = "voltage",
                                       .unit = "V",
                                       .query = "60,",
                                       .read = read_spellman<1>,
                                       .scale = kOneMonitorCount,
                                       .scale_key = "full_scale_voltage"};
constexpr QuantityRow kSpellmanSetpoint{
    .name = "voltage_setpoint",
    .unit = "V",
    .query = "14,",
    .read = read_spellman<1>,
    .scale = kOneCount,
    .scale_key = "full_scale_voltage",
    .setting = {.line = "10,{:.0f},", .step = kOneCount, .high_key = "max_voltage"}};
constexpr QuantityRow kSpellmanLimit{
    .name = "current_limit",
    .unit = "A",
    .query = "15,",
    .read = read_spellman<1>,
    .scale = kOneCount,
    .scale_key = "full_scale_current",
    .setting = {.line = "11,{:.0f},", .step = kOneCount, .high_key = "max_current"}};
constexpr QuantityRow kSpellmanInterlock{
    .name = "interlock", .query = "22,", .read = read_spellman<2>};
constexpr QuantityRow kSpellmanTripped{.name = "tripped", .query = "22,", .read = read_spellman<3>};
constexpr QuantityRow kSpellmanHours{
    .name = "hours", .unit = "h", .query = "21,", .read = read_spellman<1>};

constexpr QuantityRow spellman_output(std::string_view on, std::string_view off) {
  return {.name = "output",
          .query = "22,",
          .read = read_spellman<1>,
          .setting = {.line = on, .off = off}};
}

constexpr std::array kXrvRows{kSpellmanVoltage,
                              kSpellmanSetpoint,
                              kSpellmanLimit,
                              spellman_output("98,1,", "98,0,"),
                              kSpellmanInterlock,
                              kSpellmanTripped,
                              kSpellmanHours};
constexpr std::array kSlmRows{kSpellmanVoltage,
                              kSpellmanSetpoint,
                              kSpellmanLimit,
                              spellman_output("99,1,", "99,0,"),
                              kSpellmanInterlock,
                              kSpellmanTripped,
                              kSpellmanHours};
constexpr std::array kSpellmanSafe{SafeSetting{"voltage_setpoint", 0}, SafeSetting{"output", 0}};

bool is_spellman_error(std::string_view reply) {
  return reply.find(",!") != std::string_view::npos;
}

bool is_spellman_done(std::string_view reply) {
  return reply.ends_with(",$,");
}

bool is_spellman_model(std::string_view reply) {
  return reply.starts_with("23,") && reply.size() > 4 && is_printable(reply);
}

bool same_spellman_command(std::string_view line, std::string_view reply) {
  return line.substr(0, line.find(',')) == reply.substr(0, reply.find(','));
}

std::unique_ptr<Dialogue> open_spellman(SessionParts parts, const TableParameters& parameters) {
  return std::make_unique<LineSession>(
      std::move(parts),
      Dialect{.framing = parameters.is_network() ? Framing::Packet : Framing::CheckedPacket,
              .end = {},
              .identity = {"23,", is_spellman_model, true},
              .refuses = is_spellman_error,
              .answers = same_spellman_command,
              .set_reply = is_spellman_done});
}

std::vector<ParameterInfo> caen_limits(const char* channels) {
  using enum ParameterType;
  return {table_parameter("channels", Integer, channels, "how many it has"),
          table_parameter("max_voltage", Voltage, "1000 V", "never set above it"),
          table_parameter("max_current", Current, "0.001 A", "never set above it")};
}

InstrumentTable caen_board_table() {
  auto parameters = caen_limits("4");
  parameters.push_back(
      table_parameter("board", ParameterType::Integer, "0", "number of the board on its wire"));
  return {
      .kind = "caen_n1470",
      .summary = "high voltage of the families N14xx, NDT1470, DT1470ET ($BD form)",
      .links = {LinkKind::Serial, LinkKind::Tcp},
      .open = [](SessionParts parts, const TableParameters& known) -> std::unique_ptr<Dialogue> {
        return std::make_unique<LineSession>(
            std::move(parts),
            caen_dialect(fmt::format("BD:{:02},", static_cast<int>(known.number("board")))));
      },
      .rows = kBoardRows,
      .channels = 4,
      .first_channel = 0,
      .safe = kCaenSafe,
      .parameters = std::move(parameters),
      .timeouts = {.pause = 100ms}};
}

InstrumentTable caen_desktop_table() {
  return {.kind = "caen_dt8033",
          .summary = "high voltage of the families DT8033N, DT55xxE (no $BD)",
          .links = {LinkKind::Serial, LinkKind::Tcp},
          .open = [](SessionParts parts, const TableParameters&) -> std::unique_ptr<Dialogue> {
            return std::make_unique<LineSession>(std::move(parts), caen_dialect(""));
          },
          .rows = kDesktopRows,
          .channels = 8,
          .first_channel = 0,
          .safe = kCaenSafe,
          .parameters = caen_limits("8"),
          .timeouts = {.pause = 100ms}};
}

InstrumentTable spellman_table(std::string kind,
                               std::string summary,
                               std::span<const QuantityRow> rows) {
  using enum ParameterType;
  return {
      .kind = std::move(kind),
      .summary = std::move(summary),
      .links = {LinkKind::Serial, LinkKind::Tcp},
      .open = open_spellman,
      .rows = rows,
      .safe = kSpellmanSafe,
      .parameters = {table_parameter("full_scale_voltage", Voltage, "30000 V", "at 4095 counts"),
                     table_parameter("full_scale_current", Current, "0.01 A", "at 4095 counts"),
                     table_parameter("max_voltage", Voltage, "1000 V", "never set above it"),
                     table_parameter("max_current", Current, "0.001 A", "never set above it")},
      .timeouts = {}};
}

}  // namespace

std::vector<InstrumentTable> high_voltage_tables() {
  return {caen_board_table(),
          caen_desktop_table(),
          spellman_table("spellman_xrv", "high voltage that is switched by command 98", kXrvRows),
          spellman_table("spellman_slm", "high voltage that is switched by command 99", kSlmRows)};
}

}  // namespace fat

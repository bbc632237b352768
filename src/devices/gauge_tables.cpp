// Pfeiffer TPG, MKS 937B and 974B, a gauge that streams: pressures.
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "devices/instrument_tables.hpp"
#include "devices/line_session.hpp"
#include "devices/reply_value.hpp"

namespace fat {
namespace {

// Reference 3.11. The unit is what somebody chose on the panel: only mbar is believed.
constexpr Guard kPfeifferUnit{.query = "UNI", .read = require_pfeiffer_millibar};
constexpr std::array kPfeifferRows{
    QuantityRow{.name = "pressure",
                .unit = "mbar",
                .query = "PR#",
                .read = read_pfeiffer,
                .guard = kPfeifferUnit},
    QuantityRow{.name = "unit",
                .query = "UNI",
                .read = read_number,
                .setting = {.line = "UNI,{:.0f}", .high = 2, .step = 0}}};

constexpr Guard kMksUnit{.query = "U?", .read = require_mks_millibar};
constexpr std::array kMksRows{QuantityRow{
    .name = "pressure", .unit = "mbar", .query = "PR#?", .read = read_mks, .guard = kMksUnit}};

// Reference 1.1: the cryostat's crude gauge; which unit it speaks in is its own affair.
constexpr std::array kStreamRows{
    QuantityRow{.name = "pressure", .query = "STREAM_ON", .read = read_stream}};

bool is_nak(std::string_view reply) {
  return reply == "\x15";
}

bool is_pfeiffer_unit(std::string_view reply) {
  return reply.size() == 1 && reply[0] >= '0' && reply[0] <= '5';
}

bool is_mks_refusal(std::string_view reply) {
  return reply.find("NAK") != std::string_view::npos;
}

/// Words only: pressures hold digits, or are one of `read_mks`'s words.
bool is_mks_unit(std::string_view reply) {
  return reply == "TORR" || reply == "MBAR" || reply == "PASCAL" || reply == "MICRON";
}

bool is_stream_identity(std::string_view reply) {
  return is_printable(reply) &&
         reply.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string_view::npos &&
         !read_stream(reply).value;
}

ParameterInfo channels_parameter(const char* count) {
  return table_parameter("channels", ParameterType::Integer, count, "how many it has");
}

}  // namespace

std::vector<InstrumentTable> gauge_tables() {
  return {
      {.kind = "pfeiffer_tpg",
       .summary = "pressure gauges behind a TPG 26x, 36x, 256A or 300",
       .links = {LinkKind::Serial, LinkKind::Tcp},
       .open = [](SessionParts parts, const TableParameters&) -> std::unique_ptr<Dialogue> {
         return std::make_unique<LineSession>(std::move(parts),
                                              Dialect{.framing = Framing::Enquiry,
                                                      .identity = {"UNI", is_pfeiffer_unit, true},
                                                      .refuses = is_nak,
                                                      .set_reply = is_printable,
                                                      .stop = "\x03"});
       },
       .rows = kPfeifferRows,
       .channels = 2,
       .parameters = {channels_parameter("2")}},
      {.kind = "mks_937b",
       .summary = "pressure gauges behind an MKS 937B, or a 974B alone",
       .links = {LinkKind::Serial, LinkKind::Tcp},
       .open = [](SessionParts parts, const TableParameters& known) -> std::unique_ptr<Dialogue> {
         const auto address = fmt::format("@{:03}", static_cast<int>(known.number("address")));
         return std::make_unique<LineSession>(std::move(parts),
                                              Dialect{.before = address,
                                                      .end = ";FF",
                                                      .reply_before = address + "ACK",
                                                      .reply_end = ";FF",
                                                      .identity = {"U?", is_mks_unit, true},
                                                      .refuses = is_mks_refusal});
       },
       .rows = kMksRows,
       .channels = 6,
       .parameters = {channels_parameter("6"),
                      table_parameter("address", ParameterType::Integer, "253", "1 to 253")}},
      {.kind = "streaming_gauge",
       .summary = "pressure gauge that speaks between STREAM_ON and STREAM_OFF",
       .links = {LinkKind::Serial, LinkKind::Tcp},
       .open = [](SessionParts parts, const TableParameters&) -> std::unique_ptr<Dialogue> {
         return std::make_unique<LineSession>(
             std::move(parts),
             Dialect{.framing = Framing::FirstOfStream,
                     .end = "\r",
                     .reply_end = "\r",
                     .identity = {"*IDN?", is_stream_identity, true},
                     .stop = "STREAM_OFF\r"});
       },
       .rows = kStreamRows}};
}

}  // namespace fat

// What somebody wants broken, or whole again, on a virtual station: one line of text.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/sim/station_address.hpp"

namespace fat {

/// An order at its time, in the bench's own time since the start of the station.
struct TimedOrder {
  Microseconds at{0};
  std::string order;
};

/// Lines "DURATION: ORDER", such as "10 min: fault wheel0 jammed"; empty lines and lines that begin
/// with # mean nothing. Throws std::invalid_argument naming the line; the orders themselves are
/// checked by the station.
std::vector<TimedOrder> parse_fault_script(std::string_view text);

struct OrderReply {
  bool accepted = false;
  std::string text;  ///< what was done, or what is wrong; of `list` one line per device
};

/// Tells a running station. Throws std::runtime_error when it does not answer within `patience`.
OrderReply send_order(const StationAddress& station,
                      const std::string& order,
                      std::chrono::milliseconds patience = std::chrono::seconds{10});

}  // namespace fat

// Names of link faults <-> values.
#include "fat/sim/module_fault.hpp"

namespace fat {

std::string_view to_string(LinkFault fault) {
  switch (fault) {
    case LinkFault::Mute:
      return "mute";
    case LinkFault::Late:
      return "late";
    case LinkFault::HalfReply:
      return "half-reply";
    case LinkFault::Close:
      return "close";
    case LinkFault::Garbled:
      return "garbled";
    case LinkFault::Duplicate:
      return "duplicate";
    case LinkFault::Endless:
      return "endless";
  }
  return "";
}

std::optional<LinkFault> parse_link_fault(std::string_view text) {
  for (const auto fault : {LinkFault::Mute,
                           LinkFault::Late,
                           LinkFault::HalfReply,
                           LinkFault::Close,
                           LinkFault::Garbled,
                           LinkFault::Duplicate,
                           LinkFault::Endless}) {
    if (text == to_string(fault)) {
      return fault;
    }
  }
  return std::nullopt;
}

}  // namespace fat

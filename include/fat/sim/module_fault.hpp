// What a virtual module can be made to do wrong, and in which state it begins.
#pragma once

#include <optional>
#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// Mute: no echo, no answer. Late: the whole reply after `delay`. HalfReply: its first half, then
/// nothing. Close: hangs up instead of answering. Garbled: one byte of it inverted. Duplicate: the
/// reply twice. Endless: output without a prompt.
enum class LinkFault { Mute, Late, HalfReply, Close, Garbled, Duplicate, Endless };

std::string_view to_string(LinkFault fault);
std::optional<LinkFault> parse_link_fault(std::string_view text);

struct FaultScript {
  LinkFault fault = LinkFault::Mute;
  int skip = 0;           ///< lines that are answered properly first
  int times = 1;          ///< lines it spoils then; negative: all
  Microseconds delay{0};  ///< of Late
};

struct VirtualModuleOptions {
  bool listens = true;          ///< false: connections are refused
  bool fpga_configured = true;  ///< false: as after a reboot
  int fpga_version = 272;       ///< of what is in the FPGA at the start
  int flash_version = 272;      ///< of the newest image in the flash
  bool fpga_loads = true;       ///< false: flashConfigureFPGA changes nothing
  Microseconds latency{0};      ///< from line to reply
  std::optional<FaultScript> fault;
};

}  // namespace fat

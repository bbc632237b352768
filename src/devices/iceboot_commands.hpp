// The table of iceboot commands; arguments stand before the words.
#pragma once

#include "devices/command.hpp"
#include "devices/iceboot_reply.hpp"

namespace fat::iceboot {

// clang-format off: a table
inline constexpr Command kBoardType{"getBoardType .s drop", is_stack_number, true};
inline constexpr Command kSoftwareVersion{"softwareVersion .s drop", is_stack_number, true};
inline constexpr Command kSoftwareId{"printSoftwareId", is_one_line, true};
inline constexpr Command kFlashId{"flashID", is_one_line, true};
inline constexpr Command kFpgaVersion{"fpgaVersion .s drop", is_stack_number, true};
inline constexpr Command kFlashList{"flashLS", is_flash_table, true};
inline constexpr Command kConfigureFpga{
    "flashConfigureFPGA", is_nothing, false, std::chrono::seconds{10}};
inline constexpr Command kSlowAdc{"sloAdcReadChannel", is_slow_adc, true, std::chrono::seconds{3}};
// clang-format on

}  // namespace fat::iceboot

// The table of iceboot commands: what each one answers, how long it may take, whether it may be
// repeated.
#pragma once

#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// What stands between echo and prompt. Number: one integer on the stack, printed by `.s drop`.
enum class ReplyKind { Nothing, Number, Line, SlowAdcLine, FlashTable };

struct IcebootCommand {
  std::string_view words;  ///< as sent, after the arguments
  ReplyKind reply = ReplyKind::Nothing;
  Microseconds first_byte{0};  ///< 0: the session's
  bool idempotent = false;     ///< may be sent again when nobody knows whether it was heard
};

namespace iceboot {

// clang-format off: a table
inline constexpr IcebootCommand kBoardType{
    "getBoardType .s drop", ReplyKind::Number, Microseconds{0}, true};
inline constexpr IcebootCommand kSoftwareVersion{
    "softwareVersion .s drop", ReplyKind::Number, Microseconds{0}, true};
inline constexpr IcebootCommand kSoftwareId{
    "printSoftwareId", ReplyKind::Line, Microseconds{0}, true};
inline constexpr IcebootCommand kFlashId{"flashID", ReplyKind::Line, Microseconds{0}, true};
inline constexpr IcebootCommand kFpgaVersion{
    "fpgaVersion .s drop", ReplyKind::Number, Microseconds{0}, true};
inline constexpr IcebootCommand kFlashList{"flashLS", ReplyKind::FlashTable, Microseconds{0}, true};
inline constexpr IcebootCommand kConfigureFpga{
    "flashConfigureFPGA", ReplyKind::Nothing, std::chrono::seconds{10}, false};
inline constexpr IcebootCommand kSlowAdc{
    "sloAdcReadChannel", ReplyKind::SlowAdcLine, std::chrono::seconds{3}, true};
// clang-format on

}  // namespace iceboot

}  // namespace fat

// Bytes of a module's data stream -> waveforms and charges (reference section 2); nothing is
// guessed.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "fat/ports/module_readout.hpp"

namespace fat {

constexpr std::size_t kChargeStampBytes = 14;
constexpr std::size_t kWaveformBlockBytes = 66000;

/// Words of one waveform, little-endian, format 0x82: 17 words of header, samples, two of footer.
std::optional<PmtWaveform> parse_waveform(std::string_view bytes);

/// Of the word-by-word stream: how many words the next waveform has; nullopt when none has so many.
std::optional<std::size_t> parse_stream_size(std::string_view bytes);

/// Records of a length in words and so many words, up to a length of 0. nullopt when one of them is
/// no waveform or is cut.
std::optional<std::vector<PmtWaveform>> parse_waveform_block(std::string_view bytes);

std::optional<ChargeStamp> parse_charge_stamp(std::string_view bytes);

/// As many as the bytes hold; nullopt when one is none, or some bytes are left over.
std::optional<std::vector<ChargeStamp>> parse_charge_block(std::string_view bytes);

}  // namespace fat

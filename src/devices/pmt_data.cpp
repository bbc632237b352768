// Bytes of a module's data stream -> waveforms and charges.
#include "devices/pmt_data.hpp"

#include <bit>
#include <cmath>

namespace fat {
namespace {

constexpr std::size_t kHeaderWords = 17, kFooterWords = 2;
constexpr unsigned kDeggWaveform = 0x82;
constexpr unsigned kDeggStamp = 0x10;
constexpr double kPicocoulombs = 1e12;
constexpr double kMostCharge = 1e6;  // pC: what is beyond was garbled

std::uint64_t little_endian(std::string_view bytes, std::size_t offset, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i > 0; --i) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[offset + i - 1]);
  }
  return value;
}

}  // namespace

std::optional<PmtWaveform> parse_waveform(std::string_view bytes) {
  const auto word = [&](std::size_t index) { return little_endian(bytes, 2 * index, 2); };
  if (bytes.size() < 2 * (kHeaderWords + kFooterWords) || word(0) >> 8U != kDeggWaveform) {
    return std::nullopt;
  }
  const auto samples = word(1);
  const auto channel = word(0) & 0xffU;
  if (channel > 1 || bytes.size() != 2 * (kHeaderWords + samples + kFooterWords)) {
    return std::nullopt;
  }
  PmtWaveform waveform{.channel = static_cast<int>(channel),
                       .sync = (word(2) & 0x100U) != 0,
                       .ticks = ((word(2) >> 6U) & 3U) | (word(5) << 2U) | (word(4) << 18U) |
                                ((word(3) & 0xffffU) << 34U),
                       .adc = {}};
  waveform.adc.reserve(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    waveform.adc.push_back(static_cast<std::uint16_t>(word(kHeaderWords + i) >> 2U));
  }
  return waveform;
}

std::optional<std::size_t> parse_stream_size(std::string_view bytes) {
  constexpr std::uint64_t most = kHeaderWords + 0xffff + kFooterWords;
  const auto words = bytes.size() == 4 ? little_endian(bytes, 0, 4) : most + 1;
  return words <= most ? std::optional<std::size_t>{words} : std::nullopt;
}

std::optional<std::vector<PmtWaveform>> parse_waveform_block(std::string_view bytes) {
  std::vector<PmtWaveform> waveforms;
  while (bytes.size() >= 4) {
    const auto size = little_endian(bytes, 0, 4) * 2;
    bytes.remove_prefix(4);
    if (size == 0) {
      return waveforms;
    }
    auto waveform =
        size <= bytes.size() ? parse_waveform(bytes.substr(0, size)) : std::optional<PmtWaveform>{};
    if (!waveform) {
      return std::nullopt;
    }
    waveforms.push_back(std::move(*waveform));
    bytes.remove_prefix(size);
  }
  return waveforms;
}

std::optional<ChargeStamp> parse_charge_stamp(std::string_view bytes) {
  if (bytes.size() != kChargeStampBytes) {
    return std::nullopt;
  }
  const auto kind = little_endian(bytes, 0, 1);
  const auto flags = little_endian(bytes, 1, 1);
  const auto channel = flags & 3U;
  const auto charge = static_cast<double>(
      std::bit_cast<float>(static_cast<std::uint32_t>(little_endian(bytes, 10, 4))));
  if ((kind & 0x3fU) != kDeggStamp || channel > 1 || !std::isfinite(charge) ||
      std::abs(charge) * kPicocoulombs > kMostCharge) {
    return std::nullopt;
  }
  return ChargeStamp{.channel = static_cast<int>(channel),
                     .ticks = ((kind >> 6U) << 48U) | little_endian(bytes, 4, 6),
                     .picocoulombs = charge * kPicocoulombs,
                     .good = (flags & 0xe0U) == 0};
}

std::optional<std::vector<ChargeStamp>> parse_charge_block(std::string_view bytes) {
  if (bytes.size() % kChargeStampBytes != 0) {
    return std::nullopt;
  }
  std::vector<ChargeStamp> stamps;
  for (std::size_t begin = 0; begin < bytes.size(); begin += kChargeStampBytes) {
    const auto stamp = parse_charge_stamp(bytes.substr(begin, kChargeStampBytes));
    if (!stamp) {
      return std::nullopt;
    }
    stamps.push_back(*stamp);
  }
  return stamps;
}

}  // namespace fat

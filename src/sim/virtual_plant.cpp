// A CO2 plant as its Modbus TCP clients see it: holding registers.
#include "sim/virtual_plant.hpp"

#include <bit>
#include <limits>
#include <utility>

namespace fat {
namespace {

constexpr std::size_t kHeader = 6;  // transaction, protocol, length
constexpr std::size_t kLongestFrame = 260;
constexpr unsigned kFirst = 100, kEnd = 400, kMostRead = 125, kMostWritten = 123;
constexpr unsigned kTemperature = 142, kSwitches = 305, kSetpoint = 310, kStatus = 320;
constexpr unsigned kRead = 3, kWriteOne = 6, kWriteSome = 16;
constexpr unsigned kNoFunction = 1, kNoAddress = 2, kNoValue = 3;

unsigned byte_at(std::string_view bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}

}  // namespace

VirtualPlant::VirtualPlant() : VirtualDevice('\0', Microseconds{0}) {
  for (unsigned address = kFirst; address < kEnd; ++address) {
    registers_[address] = 0;
  }
  registers_[kStatus] = 1;
  write_float(kSetpoint, 15.0F);
  write_float(kTemperature, 20.5F);
}

void VirtualPlant::set_own_fault(std::string_view /*name*/,
                                 int /*channel*/,
                                 bool on,
                                 Microseconds /*now*/) {
  broken_ = on;
  follow();
}

std::optional<std::string> VirtualPlant::take_line(std::string& partial) const {
  if (partial.size() < kHeader) {
    return std::nullopt;
  }
  const auto length = kHeader + (byte_at(partial, 4) << 8U) + byte_at(partial, 5);
  if (length > kLongestFrame) {
    partial.clear();  // not Modbus
    return std::nullopt;
  }
  return partial.size() < length ? std::nullopt : std::optional{std::exchange(partial, {})};
}

VirtualDevice::Answer VirtualPlant::execute(const std::string& line, Microseconds /*now*/) {
  if (line.size() < kHeader + 2 || byte_at(line, 2) != 0 || byte_at(line, 3) != 0) {
    return {};
  }
  Bytes request;
  for (std::size_t i = kHeader + 1; i < line.size(); ++i) {
    request.push_back(byte_at(line, i));
  }
  const auto answer = obey(request);
  std::string reply = line.substr(0, 4);
  reply += '\0';
  reply += static_cast<char>(answer.size() + 1);
  reply += line[kHeader];
  for (const auto byte : answer) {
    reply += static_cast<char>(byte);
  }
  return {reply, Microseconds{0}};
}

VirtualPlant::Bytes VirtualPlant::obey(const Bytes& request) {
  const auto function = request.front();
  const auto refuse = [&](unsigned why) { return Bytes{function | 0x80U, why}; };
  if (function != kRead && function != kWriteOne && function != kWriteSome) {
    return refuse(kNoFunction);
  }
  if (request.size() < 5) {
    return refuse(kNoValue);
  }
  const auto word = [&](std::size_t place) { return (request[place] << 8U) | request[place + 1]; };
  const auto address = word(1);
  const auto count = function == kWriteOne ? 1 : word(3);
  if (count == 0 || count > (function == kRead ? kMostRead : kMostWritten) ||
      (function == kWriteSome && request.size() != 6 + (std::size_t{2} * count))) {
    return refuse(kNoValue);
  }
  if (address < kFirst || address + count > kEnd) {
    return refuse(kNoAddress);
  }
  if (function == kRead) {
    return read(address, count);
  }
  for (unsigned i = 0; i < count; ++i) {
    const auto place = function == kWriteOne ? 3 : 6 + (std::size_t{2} * i);
    registers_[address + i] = static_cast<std::uint16_t>(word(place));
  }
  follow();
  return {request.begin(), request.begin() + 5};
}

VirtualPlant::Bytes VirtualPlant::read(unsigned first, unsigned count) const {
  Bytes answer{kRead, 2 * count};
  for (unsigned i = 0; i < count; ++i) {
    const unsigned word = registers_.at(first + i);
    answer.push_back(word >> 8U);
    answer.push_back(word & 0xffU);
  }
  return answer;
}

void VirtualPlant::write_float(unsigned address, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  registers_[address] = static_cast<std::uint16_t>(bits & 0xffffU);
  registers_[address + 1] = static_cast<std::uint16_t>(bits >> 16U);
}

void VirtualPlant::follow() {
  const bool runs = (registers_[kSwitches] & 1U) != 0;
  registers_[kStatus] = runs ? 2 : 1;
  if (broken_) {
    write_float(kTemperature, std::numeric_limits<float>::quiet_NaN());
  } else if (runs) {
    registers_[kTemperature] = registers_[kSetpoint];
    registers_[kTemperature + 1] = registers_[kSetpoint + 1];
  } else {
    write_float(kTemperature, 20.5F);
  }
}

}  // namespace fat

// Tektronix AFG3000: signal, burst, output.
#include "devices/afg_generator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr DeviceCommand kShape{"source1:function:shape?", is_scpi_word, true};
constexpr DeviceCommand kUnit{"source1:voltage:unit?", is_scpi_word, true};
constexpr DeviceCommand kFrequency{"source1:frequency?", is_scpi_number, true};
constexpr DeviceCommand kAmplitude{"source1:voltage:amplitude?", is_scpi_number, true};
constexpr DeviceCommand kOffset{"source1:voltage:offset?", is_scpi_number, true};
constexpr DeviceCommand kBurst{"source1:burst:state?", is_scpi_boolean, true};
constexpr DeviceCommand kCycles{"source1:burst:ncycles?", is_scpi_number, true};
constexpr DeviceCommand kOutput{"output1:state?", is_scpi_boolean, true};

constexpr std::array<std::pair<SignalShape, std::string_view>, 5> kShapes{
    {{SignalShape::Sine, "SIN"},
     {SignalShape::Square, "SQU"},
     {SignalShape::Pulse, "PULS"},
     {SignalShape::Ramp, "RAMP"},
     {SignalShape::Dc, "DC"}}};

std::string_view word_of(SignalShape shape) {
  return std::ranges::find(kShapes, shape, &decltype(kShapes)::value_type::first)->second;
}

}  // namespace

void AfgGenerator::set_signal(const GeneratorSignal& signal) {
  const auto shape = fmt::format("source1:function:shape {}", word_of(signal.shape));
  session_.set(shape);
  if (const auto read = session_.query(kShape); !read.starts_with(word_of(signal.shape))) {
    session_.refuse_read_back(shape, read);
  }
  session_.set("source1:voltage:unit VPP");
  if (const auto read = session_.query(kUnit); !read.starts_with("VPP")) {
    session_.refuse_read_back("source1:voltage:unit VPP", read);
  }
  if (signal.shape != SignalShape::Dc) {
    session_.set_number("source1:frequency", kFrequency, signal.frequency);
    session_.set_number("source1:voltage:amplitude", kAmplitude, signal.amplitude);
  }
  session_.set_number("source1:voltage:offset", kOffset, signal.offset);
}

GeneratorSignal AfgGenerator::signal() {
  GeneratorSignal signal;
  const auto word = session_.query(kShape);
  bool known = false;
  for (const auto& [shape, name] : kShapes) {
    if (word.starts_with(name)) {
      signal.shape = shape;
      known = true;
    }
  }
  if (!known) {
    session_.refuse_read_back(std::string{kShape.words}, word);
  }
  signal.frequency = session_.number(kFrequency);
  signal.amplitude = session_.number(kAmplitude);
  signal.offset = session_.number(kOffset);
  return signal;
}

void AfgGenerator::set_burst(int cycles) {
  const std::string state{kBurst.words};
  if (cycles == 0) {
    session_.set_boolean("source1:burst:state off", kBurst, state, false);
    return;
  }
  session_.set_number("source1:burst:ncycles", kCycles, cycles);
  session_.set_boolean("source1:burst:state on", kBurst, state, true);
}

int AfgGenerator::burst() {
  return session_.boolean(kBurst, std::string{kBurst.words})
             ? static_cast<int>(std::lround(std::min(session_.number(kCycles), 1e6)))
             : 0;
}

void AfgGenerator::set_output(bool on) {
  session_.set_boolean(
      on ? "output1:state on" : "output1:state off", kOutput, std::string{kOutput.words}, on);
}

bool AfgGenerator::output() {
  return session_.boolean(kOutput, std::string{kOutput.words});
}

}  // namespace fat

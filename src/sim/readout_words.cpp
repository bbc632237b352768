// Words of iceboot for triggers, data and counts (reference section 2).
#include <fmt/format.h>

#include "sim/module_words.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostBytes = 1U << 20U;

int pop_pmt(Forth& forth) {
  const auto channel = forth.pop();
  if (channel < 0 || channel > 1) {
    throw ForthError{fmt::format("ERROR no channel {}", channel)};
  }
  return static_cast<int>(channel);
}

std::size_t pop_size(Forth& forth) {
  const auto size = forth.pop();
  if (size < 0 || static_cast<std::size_t>(size) > kMostBytes) {
    throw ForthError{"ERROR size"};
  }
  return static_cast<std::size_t>(size);
}

void define_settings(Forth& forth, ReadoutModel& readout) {
  forth.define("setDAC", [&readout](Forth& words) {
    const auto value = static_cast<int>(words.pop());
    readout.channel(static_cast<int>(words.pop() - 'A') & 1).dac = value;
  });
  forth.define("setDEggConstReadout", [&readout](Forth& words) {
    const auto samples = static_cast<int>(words.pop()) & 0x3fff;
    const auto before = static_cast<int>(words.pop());
    auto& channel = readout.channel(pop_pmt(words));
    channel.samples = samples;
    channel.before = before;
  });
  for (const auto* const name : {"setDEggADCTriggerThreshold", "setDEggFIRTriggerThreshold"}) {
    forth.define(name, [&readout](Forth& words) {
      const auto threshold = static_cast<int>(words.pop());
      readout.channel(pop_pmt(words)).threshold = threshold;
    });
  }
  for (const auto* const name :
       {"enableDEggADCTrigger", "enableDEggFIRTrigger", "enableDEggExternalTrigger"}) {
    forth.define(name, [&readout](Forth& words) { readout.channel(pop_pmt(words)).armed = true; });
  }
  forth.define("disableDEggTriggers",
               [&readout](Forth&) { readout.channel(0).armed = readout.channel(1).armed = false; });
  forth.define("endStream", [](Forth&) {});
}

void define_data(Forth& forth, ReadoutModel& readout, BoardState& board) {
  forth.define("startDEggWfmStream", [&readout](Forth& words) {
    const auto mode = static_cast<int>(words.pop());
    const auto second = static_cast<int>(words.pop());
    readout.start_stream(static_cast<int>(words.pop()), second, mode);
  });
  forth.define("readDEggWfmBlock", [&readout, &board](Forth& words) {
    words.print_bytes(readout.waveform_block(pop_size(words), board.now, board.takes));
  });
  forth.define("readDEggChargeBlock", [&readout, &board](Forth& words) {
    words.pop();
    words.pop();
    words.print_bytes(readout.charge_block(pop_size(words), board.now, board.takes));
  });
  forth.define("enableScalers", [&readout](Forth& words) {
    words.pop();
    const auto period = static_cast<int>(words.pop());
    readout.channel(pop_pmt(words)).scaler_period_us = period;
  });
  forth.define("getScalerCount", [&readout, &board](Forth& words) {
    words.push(readout.scaler_count(pop_pmt(words), board.now));
  });
}

}  // namespace

void define_readout_words(Forth& forth, ReadoutModel& readout, BoardState& board) {
  define_settings(forth, readout);
  define_data(forth, readout, board);
}

}  // namespace fat

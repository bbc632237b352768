// Words of iceboot for triggers, data and counts (reference section 2).
#include <algorithm>
#include <array>
#include <ranges>

#include <fmt/format.h>

#include "sim/module_words.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostBytes = 1U << 20U;
constexpr int kMostScaler = 10'000'000;  // us

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
    channel.before = before & 0x3fff;
    channel.variable_after = -1;
  });
  forth.define("setDEggVariableReadout", [&readout](Forth& words) {
    const auto after = static_cast<int>(words.pop()) & 0x3fff;
    const auto before = static_cast<int>(words.pop()) & 0x3fff;
    auto& channel = readout.channel(pop_pmt(words));
    channel.variable_after = after;
    channel.before = before;
  });
}

void define_triggers(Forth& forth, ReadoutModel& readout, BoardState& board) {
  using Trigger = ReadoutModel::Trigger;
  const auto threshold = [&](const char* name, int ReadoutModel::Channel::*which) {
    forth.define(name, [&readout, which](Forth& words) {
      const auto value = static_cast<int>(words.pop());
      readout.channel(pop_pmt(words)).*which = value;
    });
  };
  threshold("setDEggADCTriggerThreshold", &ReadoutModel::Channel::adc_threshold);
  threshold("setDEggTriggerConditions", &ReadoutModel::Channel::adc_threshold);  // the old word
  threshold("setDEggFIRTriggerThreshold", &ReadoutModel::Channel::fir_threshold);
  forth.define("setDEggFIRCoefficients", [&readout](Forth& words) {
    std::array<int, 16> fir{};
    for (auto& one : std::views::reverse(fir)) {
      one = static_cast<int>(words.pop());
    }
    readout.channel(pop_pmt(words)).fir = fir;
  });
  const auto enable = [&](const char* name, Trigger trigger) {
    forth.define(name, [&readout, &board, trigger](Forth& words) {
      readout.arm(pop_pmt(words), trigger, board.now);
    });
  };
  enable("enableDEggADCTrigger", Trigger::Adc);
  enable("enableDEggFIRTrigger", Trigger::Fir);
  enable("enableDEggExternalTrigger", Trigger::External);
  forth.define("disableDEggTriggers", [&readout](Forth&) { readout.disarm(); });
  for (const auto* const name :
       {"setDEggExtTrigSourceICM", "setDEggExtTrigSourceSMA", "endStream"}) {
    forth.define(name, [](Forth&) {});
  }
}

void define_data(Forth& forth, ReadoutModel& readout, BoardState& board) {
  forth.define("startDEggWfmStream", [&readout, &board](Forth& words) {
    const auto mode = static_cast<int>(words.pop());
    const auto second = static_cast<int>(words.pop());
    readout.start_stream(static_cast<int>(words.pop()), second, mode, board.now);
  });
  forth.define("readDEggWfmBlock", [&readout, &board](Forth& words) {
    words.print_bytes(readout.waveform_block(pop_size(words), board.now, board.takes));
  });
  forth.define("readDEggWfmStream", [&readout, &board](Forth& words) {
    words.print_bytes(readout.stream_part(board.now, board.takes));
  });
  for (const auto* const name : {"readDEggChargeBlock", "readDEggChargeBlockFixed"}) {
    forth.define(name, [&readout, &board](Forth& words) {
      words.pop();
      words.pop();
      const auto block = readout.charge_block(pop_size(words), board.now, board.takes);
      if (!block) {
        throw ForthError{"ERROR no trigger"};
      }
      words.print_bytes(*block);
    });
  }
  forth.define("enableScalers", [&readout, &board](Forth& words) {
    const auto deadtime = static_cast<int>(words.pop());
    const auto period = static_cast<int>(words.pop());
    auto& channel = readout.channel(pop_pmt(words));
    channel.scaler_deadtime = std::clamp(deadtime, 0, kMostScaler);
    channel.scaler_period_us = std::clamp(period, 0, kMostScaler);
    channel.scaler_began = board.now;
  });
  forth.define("getScalerCount", [&readout, &board](Forth& words) {
    words.push(readout.scaler_count(pop_pmt(words), board.now));
  });
}

}  // namespace

void define_readout_words(Forth& forth, ReadoutModel& readout, BoardState& board) {
  define_settings(forth, readout);
  define_triggers(forth, readout, board);
  define_data(forth, readout, board);
}

}  // namespace fat

// Words of iceboot for sensors, clock, flash and calibration (reference section 2).
#include <fmt/format.h>

#include "sim/module_words.hpp"

namespace fat {
namespace {

constexpr double kTicksPerMicrosecond = 240;

void define_sensors(Forth& forth, ModuleModel& model, BoardState& board) {
  forth.define("getPressure", [&](Forth&) { board.last_pressure = model.pressure(board.now); });
  forth.define("printPressure", [&board](Forth& words) {
    words.print_line(fmt::format("{:.2f} hPa", board.last_pressure));
  });
  forth.define("getAccelerationXYZ",
               [](Forth& words) { words.print_line("(0.12, -0.07, 9.79) m/s^2"); });
  forth.define("getBFieldXYZ", [](Forth& words) { words.print_line("(29.8, 1.4, -35.2) uT"); });
  for (const auto* const name :
       {"getPressureTemperature", "getAccelerationTemperature", "getBFieldTemperature"}) {
    forth.define(name, [&](Forth&) { board.last_temperature = model.temperature(board.now); });
  }
  forth.define("printSensorsTemperature", [&board](Forth& words) {
    words.print_line(fmt::format("{:.2f} degC", board.last_temperature));
  });
}

void define_clock(Forth& forth, BoardState& board) {
  const auto ticks = [&board] {
    return static_cast<std::uint64_t>(static_cast<double>(board.now.count()) *
                                      kTicksPerMicrosecond);
  };
  forth.define("getTick", [ticks](Forth& words) {
    words.push(static_cast<std::int64_t>(ticks() & 0xffffffffU));
  });
  forth.define("domClock", [ticks](Forth& words) {
    words.push(static_cast<std::int64_t>(ticks() & 0xffffffffU));
    words.push(static_cast<std::int64_t>(ticks() >> 32U));
  });
}

void define_flash(Forth& forth, ModuleModel& model, BoardState& board) {
  forth.define("flashRemove", [&](Forth& words) {
    const auto file = words.pop_text();
    if (!board.place.flash_allowed) {
      throw ForthError{"ERROR flash interlock"};
    }
    if (!model.remove_file(file)) {
      throw ForthError{fmt::format("Error: no such file: '{}'", file)};
    }
  });
  forth.define("flashClear", [&](Forth&) {
    if (!board.place.flash_allowed) {
      throw ForthError{"ERROR flash interlock"};
    }
    model.remove_all_files();
  });
}

// The LEDs shine nowhere: only the words are there.
void define_calibration(Forth& forth, BoardState& board) {
  for (const auto* const name : {"setFlasherBias", "setFlasherMask"}) {
    forth.define(name, [](Forth& words) { words.pop(); });
  }
  forth.define("setCalibrationSlavePowerMask", [&board](Forth& words) {
    board.calibration_mask = static_cast<int>(words.pop() & 3);
  });
  forth.define("enableCalibrationPower", [&board](Forth&) { board.calibration_power = true; });
  forth.define("disableCalibrationPower", [&board](Forth&) { board.calibration_power = false; });
  forth.define("icmStopCalTrig", [](Forth&) {});
  forth.define("icmStartCalTrig", [](Forth& words) {
    words.pop();
    words.pop();
    words.print_line("0x0001");
  });
}

}  // namespace

void define_board_words(Forth& forth, ModuleModel& model, BoardState& board) {
  define_sensors(forth, model, board);
  define_clock(forth, board);
  define_flash(forth, model, board);
  define_calibration(forth, board);
}

}  // namespace fat

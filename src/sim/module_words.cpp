// Words of iceboot -> questions to and changes of the model (reference section 2).
#include "sim/module_words.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace fat {
namespace {

int pop_channel(Forth& forth, int channels) {
  const auto channel = forth.pop();
  if (channel < 0 || channel >= channels) {
    throw ForthError{fmt::format("ERROR no channel {}", channel)};
  }
  return static_cast<int>(channel);
}

std::string slow_adc_line(ModuleModel& model, int channel, Microseconds now) {
  const auto reading = model.slow_adc(channel, now);
  return fmt::format(
      "channel {:2} {:<30} {:8.3f} {}", channel, reading.name, reading.value, reading.unit);
}

void define_identity(Forth& forth, ModuleModel& model) {
  const auto& identity = model.identity();
  const auto number = [&](const char* name, int value) {
    forth.define(name, [value](Forth& board) { board.push(value); });
  };
  const auto text = [&](const char* name, std::string value) {
    forth.define(name, [value = std::move(value)](Forth& board) { board.print_line(value); });
  };
  number("getBoardType", identity.board_type);
  number("softwareVersion", identity.iceboot_version);
  text("printSoftwareId", fmt::format("STM32 iceboot {:#x} (virtual)", identity.iceboot_version));
  text("flashID", identity.flash_id);
  text("icmID", identity.icm_id);
  text("stmid", identity.mcu_id);
  text("mainboardID", identity.mainboard);
  text("printFPGAChipID", "0x" + identity.fpga_chip_id);
}

void define_console(Forth& forth, BoardState& board) {
  forth.define("boot", [](Forth&) {});
  forth.define("setecho", [&board](Forth& words) { board.echo = words.pop() != 0; });
  forth.define("disableLogOutput", [&board](Forth& words) {
    words.print_line(std::exchange(board.log_output, false) ? "1" : "0");
  });
  forth.define("enableLogOutput", [&board](Forth&) { board.log_output = true; });
  forth.define("printLogOutput", [](Forth&) {});
}

void define_fpga(Forth& forth, ModuleModel& model, BoardState& board) {
  forth.define("fpgaVersion", [&model](Forth& words) { words.push(model.fpga_version()); });
  forth.define("flashLS", [&model](Forth& words) {
    words.print_line("Index  Name                      Size");
    words.print_line("-----  ------------------------  --------");
    int index = 0;
    for (const auto& file : model.flash()) {
      words.print_line(fmt::format("{:<5}  {:<24}  {}", index++, file.name, file.size));
    }
  });
  forth.define("flashConfigureFPGA", [&model](Forth& words) {
    const auto file = words.pop_text();
    if (!model.configure_fpga(file)) {
      throw ForthError{fmt::format("Error: no such file: '{}'", file)};
    }
  });
  forth.define("reboot", [&board](Forth&) { board.rebooted = true; });
}

void define_module_sensors(Forth& forth, ModuleModel& model, BoardState& board) {
  forth.define("sloAdcReadChannel", [&](Forth& words) {
    const int channel = pop_channel(words, 16);
    if (!model.fpga_configured()) {
      throw ForthError{"sloAdcReadChannel: FAIL"};
    }
    words.print_line(slow_adc_line(model, channel, board.now));
  });
  forth.define("sloAdcReadAll", [&](Forth& words) {
    if (!model.fpga_configured()) {
      throw ForthError{"sloAdcReadAll: FAIL"};
    }
    for (int channel = 0; channel < 16; ++channel) {
      words.print_line(slow_adc_line(model, channel, board.now));
    }
  });
}

void set_hv(Forth& words, ModuleModel& model, Microseconds now) {
  const auto volts = words.pop();
  const int channel = pop_channel(words, 2);
  if (volts < 0 || volts > 2000) {
    throw ForthError{"ERROR voltage out of range"};
  }
  if (volts > 0 && !model.hv_enabled(channel)) {
    throw ForthError{"ERROR HV not enabled"};
  }
  if (volts > 0 && !model.is_dark(now)) {
    throw ForthError{"ERROR light sensor"};
  }
  model.set_hv(channel, static_cast<double>(volts), now);
}

void define_high_voltage(Forth& forth, ModuleModel& model, BoardState& board) {
  const auto interlock = [&forth, &board](const char* name, bool ModulePlace::*allowed) {
    forth.define(name,
                 [&board, allowed](Forth& words) { words.push(board.place.*allowed ? 1 : 0); });
  };
  interlock("readHVInterlock", &ModulePlace::hv_allowed);
  interlock("readFlashInterlock", &ModulePlace::flash_allowed);
  interlock("readLIDInterlock", &ModulePlace::lid_allowed);
  forth.define("readFPGAConfigInterlock", [](Forth& words) { words.push(1); });
  forth.define("readLightSensorPmtHvEnable",
               [&](Forth& words) { words.push(model.is_dark(board.now) ? 1 : 0); });
  forth.define("enableHV", [&](Forth& words) {
    const int channel = pop_channel(words, 2);
    if (!board.place.hv_allowed) {
      throw ForthError{"ERROR HV interlock"};
    }
    model.enable_hv(channel, true, board.now);
  });
  forth.define("disableHV",
               [&](Forth& words) { model.enable_hv(pop_channel(words, 2), false, board.now); });
  forth.define("DEggHVEnabled",
               [&](Forth& words) { words.push(model.hv_enabled(pop_channel(words, 2)) ? 1 : 0); });
  forth.define("setDEggHV", [&](Forth& words) { set_hv(words, model, board.now); });
}

}  // namespace

void define_module_words(Forth& forth, ModuleModel& model, BoardState& board) {
  define_identity(forth, model);
  define_console(forth, board);
  define_fpga(forth, model, board);
  define_module_sensors(forth, model, board);
  define_high_voltage(forth, model, board);
}

}  // namespace fat

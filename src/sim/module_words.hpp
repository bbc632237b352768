// The words that a module's iceboot adds to Forth.
#pragma once

#include <string>

#include "sim/forth.hpp"
#include "sim/module_model.hpp"
#include "sim/readout_model.hpp"
#include "sim/ymodem_receiver.hpp"

namespace fat {

/// What the words change besides the model.
struct BoardState {
  ModulePlace& place;  ///< power, interlocks, of this module on its bench
  bool echo = true;
  bool log_output = true;
  double last_temperature = 0;  ///< degC
  double last_pressure = 0;     ///< hPa
  bool rebooted = false;        ///< by the line that was just interpreted: it gets no answer
  Microseconds now{0};          ///< set before each line
  Microseconds takes{0};        ///< the line's work, in the bench's own time
  std::string upload_name;      ///< of the file that `upload` receives
  YmodemReceiver upload;
  int calibration_mask = 0;  ///< 1: camera, 2: flasher
  bool calibration_power = false;
};

/// The references must outlive `forth`.
void define_module_words(Forth& forth, ModuleModel& model, BoardState& board);

/// Sensors, clock, flash, calibration.
void define_board_words(Forth& forth, ModuleModel& model, BoardState& board);

/// Files of the flash, memory, cameras.
void define_transfer_words(Forth& forth, ModuleModel& model, BoardState& board);

/// Triggers, data streams, scalers.
void define_readout_words(Forth& forth, ReadoutModel& readout, BoardState& board);

}  // namespace fat

// The words that a module's iceboot adds to Forth.
#pragma once

#include "sim/forth.hpp"
#include "sim/module_model.hpp"

namespace fat {

/// What the words change besides the model.
struct BoardState {
  bool echo = true;
  bool log_output = true;
  double last_pressure = 0;  ///< hPa
  bool rebooted = false;     ///< by the line that was just interpreted: it gets no answer
  Microseconds now{0};       ///< set before each line
};

/// The references must outlive `forth`.
void define_module_words(Forth& forth, ModuleModel& model, BoardState& board);

}  // namespace fat

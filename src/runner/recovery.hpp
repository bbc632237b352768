// An attempt whose scheduler died -> what became of it (the table of DESIGN 8).
#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "fat/model/exit_record.hpp"
#include "runner/step_process.hpp"

namespace fat {

/// It ended, and all it said is there.
struct Harvest {
  ExitRecord record;
};

/// Nothing of it ever ran: start it freely.
struct NeverStarted {};

/// It ran, or may have, and nobody knows how far. `survives`: something of it could not be ended;
/// until it is gone (look again) no step may start.
struct Lost {
  std::string why;
  bool survives = false;
};

/// It still runs under its shim. Read its report on, tell it ReadAnswers once.
struct Adopt {
  StepProcess process;
};

using Found = std::variant<Harvest, NeverStarted, Lost, Adopt>;

/// `boot_id` is that of the moment when the attempt's intent was stored. May end processes, and so
/// block for some seconds at worst; usually a millisecond. Calling it again gives the same answer
/// or a later one. Also for a shim that died while we watched. Throws std::system_error when the
/// lock cannot be tried: then nothing is known and nothing may be assumed.
Found examine(const std::filesystem::path& folder,
              const std::string& token,
              const std::string& boot_id);

}  // namespace fat

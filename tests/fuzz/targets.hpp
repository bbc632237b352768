// Bytes of a stranger -> one of the readers, with what must hold whatever the bytes are.
#pragma once

#include <array>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "fat/model/plan.hpp"
#include "fat/model/problem.hpp"

namespace fat::fuzz {

/// Each returns when all is well and throws PropertyBroken when it is not; everything else that
/// leaves it is a finding too.
void schedule(std::string_view input);       ///< config.ini
void station(std::string_view input);        ///< station.ini
void run_json(std::string_view input);       ///< run JSON, read and rewritten
void module_json(std::string_view input);    ///< the file that a run JSON names
void report(std::string_view input);         ///< a step's report channel
void records(std::string_view input);        ///< exit.json, start.json and our other small files
void control(std::string_view input);        ///< what a peer writes into the control socket
void verbs(std::string_view input);          ///< a life of a run under any verbs
void journal_rows(std::string_view input);   ///< events of a journal somebody else wrote
void iceboot(std::string_view input);        ///< what a module's console says
void instruments(std::string_view input);    ///< what the bench's instruments say
void virtual_bench(std::string_view input);  ///< what a client sends to the virtual bench
void web(std::string_view input);            ///< what a browser, or worse, sends to the dashboard
void words(std::string_view input);          ///< durations, quantities, commands, plain text

/// A sentence about all inputs turned out to be false.
class PropertyBroken : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

inline void require(bool holds, const char* sentence) {
  if (!holds) {
    throw PropertyBroken{sentence};
  }
}

/// A problem names its file, a line that the file can have, and says what is wrong in printable
/// text.
void require_sound(const std::vector<Problem>& problems, std::string_view text);

/// Two steps and a question, then a wait; a safe state.
Plan sample_plan();

/// A name -> the function, for the replay of the corpus.
struct Target {
  const char* name;
  void (*run)(std::string_view input);

  /// For the names of tests.
  friend std::ostream& operator<<(std::ostream& out, const Target& target) {
    return out << target.name;
  }
};

inline constexpr std::array kTargets{Target{"schedule", &schedule},
                                     Target{"station", &station},
                                     Target{"run_json", &run_json},
                                     Target{"module_json", &module_json},
                                     Target{"report", &report},
                                     Target{"records", &records},
                                     Target{"control", &control},
                                     Target{"verbs", &verbs},
                                     Target{"journal_rows", &journal_rows},
                                     Target{"iceboot", &iceboot},
                                     Target{"instruments", &instruments},
                                     Target{"virtual_bench", &virtual_bench},
                                     Target{"web", &web},
                                     Target{"words", &words}};

}  // namespace fat::fuzz

// What new-run and the checks have recorded of a run -> the form with which a logbook begins it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/check_list.hpp"

namespace fat {

/// "Start New Run", as logbooks of the FAT ask for it.
struct RunForm {
  struct Module {
    std::string serial;
    std::string place;               ///< "localhost:5003"; empty: not known
    std::optional<std::string> box;  ///< nullopt: this lab numbers no boxes
  };

  int run = 0;
  std::string station, comment, shifter, remark;
  std::vector<Module> modules;
  std::vector<CheckLine> checks;
};

/// All but what only a person knows. `facts` are of a run that there is.
RunForm form_of(const BenchFacts& facts);

/// A field that nobody has filled in yet.
struct MissingField {
  std::string name;    ///< for who is asked: "the box of DEgg2021-3-101"
  std::string option;  ///< "--box DEgg2021-3-101=BOX"
};

std::vector<MissingField> missing_fields(const RunForm& form);

std::string form_text(const RunForm& form);

}  // namespace fat

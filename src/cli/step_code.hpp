// Steps -> the code behind them, found as the steps will find it, and what has changed of it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/station.hpp"
#include "fat/ports/code_watch.hpp"

namespace fat {

/// Files of each Python package, as an interpreter that imported it said.
using PackageFiles = std::map<std::string, std::vector<std::string>>;

/// Where steps find their code.
struct CodePlaces {
  std::filesystem::path station;                   ///< steps start there
  std::vector<std::filesystem::path> python_path;  ///< of the plan
  std::vector<std::filesystem::path> written;      ///< what lies below is written by runs: no code
  std::string path;                                ///< $PATH
};

CodePlaces code_places(const Station& station, const Plan& plan);

/// Program and scripts that a command names, absolute: its first word, on PATH or below the station
/// folder, and every further word that is a script there.
std::vector<std::string> command_files(const Step& step, const CodePlaces& places);

/// A unit that is not what it was.
struct CodeChange {
  std::string unit;
  std::vector<std::string> files;   ///< that are new, gone or changed
  std::vector<std::string> titles;  ///< steps that run it
};

/// "measure_gain.py: behind step 'measure_gain_0' and 39 more".
std::string to_text(const CodeChange& change);

/// What a look at code starts from.
struct CodeFacts {
  CodePlaces places;
  PackageFiles packages;
  KnownCode known;
};

/// Built-in tasks have no code of their own: fatmaster's version stands with every start.
class StepCode final : public CodeWatch {
 public:
  StepCode(CodePlaces places, KnownCode known)
      : facts_(std::make_shared<const CodeFacts>(
            CodeFacts{.places = std::move(places), .packages = {}, .known = std::move(known)})) {}

  /// What the packages are made of from now on; others stay what they are known to be.
  void learn(PackageFiles packages);

  CodeLook look(const Step& step) override;

  struct Survey {
    CodeSeen news;
    std::vector<CodeChange> changes;
    std::string trouble;  ///< as CodeLook's
  };

  /// The code of all steps, in one look. Nothing of it counts as known before `accept`.
  Survey survey(const Plan& plan) const;

  void accept(const CodeSeen& news);

 private:
  std::shared_ptr<const CodeFacts>
      facts_;  ///< shared with looks that may outlive us; never changed
  int unanswered_ = 0;
};

}  // namespace fat

// Words of insert, move, drop and edit -> edits of the plan, or everything that is wrong with them.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "fat/engine/plan_editor.hpp"
#include "fat/engine/run_state.hpp"
#include "fat/plan/step_edits.hpp"

namespace fat {

/// The commands' own options, without those that hold for all edits together.
std::vector<OptionInfo> edit_options(const std::string& command);

/// Each command finds the plan as the ones before it have left it.
class EditReader {
 public:
  /// Borrows everything.
  EditReader(const Plan& plan, const RunState& state, const StationFile& station);

  /// Throws UsageError for words that make no sense, or a step that is not there.
  void take(const std::string& command, const Arguments& arguments);
  /// Lines as on the command line, without `fatmaster`; blank ones and those with # are left out.
  /// Errors name the line.
  void take_batch(const std::string& text, const std::string& name);

  const std::vector<PlanEdit>& edits() const { return edits_; }

  const std::vector<Problem>& problems() const { return problems_; }

  /// The plan with all edits made.
  const Plan& plan() const { return editor_.plan(); }

  /// Inserted and changed ones.
  const std::vector<Step>& fresh() const { return fresh_; }

 private:
  void insert(const Arguments& arguments);
  void move(const Arguments& arguments);
  void drop(const Arguments& arguments);
  void change(const Arguments& arguments);
  NewSteps new_steps(const Arguments& arguments, std::size_t place);
  NewSteps step_of_words(const Arguments& arguments, const StepContext& context);
  std::size_t index_of(const std::string& text) const;
  std::string behind(const std::string& where, const std::string& moved) const;
  std::string free_title(std::string wanted) const;
  StepContext context(std::size_t place) const;
  void make(PlanEdit edit);

  const RunState& state_;
  const StationFile& station_;
  PlanEditor editor_;
  std::vector<PlanEdit> edits_;
  std::vector<Problem> problems_;
  std::vector<Step> fresh_;
};

}  // namespace fat

// What several targets ask of their readers.
#include <algorithm>

#include "fat/model/plain_text.hpp"
#include "fuzz/targets.hpp"

namespace fat::fuzz {

namespace {

Step command(std::string title, Recovery recovery) {
  Step step;
  step.title = std::move(title);
  step.command = "true";
  step.recovery = recovery;
  return step;
}

}  // namespace

void require_sound(const std::vector<Problem>& problems, std::string_view text) {
  const auto lines = 1 + std::ranges::count(text, '\n') + std::ranges::count(text, '\r');
  for (const Problem& problem : problems) {
    require(!problem.where.file.empty(), "a problem names its file");
    require(problem.where.line >= 0 && problem.where.line <= lines, "a problem's line exists");
    require(!problem.message.empty(), "a problem says what is wrong");
    const auto shown = to_text(problem);
    if (plain_text(shown, shown.size()) != shown) {
      throw PropertyBroken{"a problem is printable in one line: " + shown};
    }
  }
}

Plan sample_plan() {
  Plan plan;
  plan.schedule_file = "/station/schedules/cold.ini";
  plan.run_file = "/station/runs/run/run_00012.json";
  plan.run_number = 12;
  plan.modules = {
      {"DEgg2021-3-133", "/station/runs/run_00012/DEgg2021-3-133.json", 5000, "localhost"}};
  plan.steps = {command("gain", Recovery::Ask), command("dark rate", Recovery::Rerun)};
  plan.steps.front().attempts = 2;
  Step question;
  question.title = "look";
  question.kind = StepKind::Prompt;
  Step wait;
  wait.title = "settle";
  wait.kind = StepKind::Wait;
  wait.arguments = {{.name = "duration", .value = "20 min"}};
  plan.steps.push_back(question);
  plan.steps.push_back(wait);
  plan.safe_state = {command("hv off", Recovery::Rerun)};
  plan.on_resume = {command("set up", Recovery::Rerun)};
  return plan;
}

}  // namespace fat::fuzz

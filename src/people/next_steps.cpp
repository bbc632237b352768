// RunSummary -> advice: a command and what it does, a line each.
#include "people/next_steps.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "people/announcer.hpp"
#include "people/columns.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr int kWidestCommand = 44;

struct Advice {
  std::string command;
  std::string effect;
};

const StepSummary* last_not_well(const RunSummary& summary) {
  const StepSummary* last = nullptr;
  for (const StepSummary& step : summary.steps) {
    const bool bad = step.outcome == Outcome::Errored || step.outcome == Outcome::Interrupted ||
                     step.outcome == Outcome::Aborted;
    last = bad ? &step : last;
  }
  return last;
}

void add_answers(const RunSummary& summary, std::vector<Advice>& list) {
  for (const Prompt& prompt : summary.prompts) {
    list.push_back({how_to_answer(prompt), fmt::format("answers question {}", prompt.id)});
  }
}

void add_for_status(const RunSummary& summary, std::vector<Advice>& list) {
  const std::string resume = fmt::format("fatmaster resume {}", summary.run);
  switch (summary.status) {
    case RunStatus::Paused:
      list.push_back({"fatmaster continue", "goes on with the next step"});
      break;
    case RunStatus::Pausing:
      list.push_back({"fatmaster pause --cancel", "does not pause after this step"});
      break;
    case RunStatus::Stopping:
      list.push_back({"fatmaster stop --cancel", "does not stop after this step"});
      break;
    case RunStatus::Stopped:
    case RunStatus::Aborted:
      list.push_back({resume, "goes on with the first step that is not done"});
      break;
    case RunStatus::Broken:
      list.push_back({"fatmaster why", "says what cannot be trusted"});
      list.push_back({resume, "goes on when that is mended"});
      break;
    case RunStatus::Idle:
    case RunStatus::Running:
    case RunStatus::Waiting:
    case RunStatus::Suspended:
    case RunStatus::Aborting:
    case RunStatus::Completed:
      break;
  }
}

void add_for_step(const RunSummary& summary, std::vector<Advice>& list) {
  const StepSummary* step = last_not_well(summary);
  if (step == nullptr) {
    return;
  }
  const std::string title = shell_word(step->title);
  list.push_back({"fatmaster show " + title, "says what happened in it"});
  list.push_back({"fatmaster output " + title, "prints what it wrote"});
  if (summary.status == RunStatus::Paused) {
    list.push_back({"fatmaster redo " + title, "runs it again"});
  }
}

}  // namespace

std::vector<std::string> next_steps(const RunSummary& summary) {
  std::vector<Advice> list;
  add_answers(summary, list);
  add_for_status(summary, list);
  add_for_step(summary, list);
  int widest = 0;
  for (const Advice& advice : list) {
    widest = std::max(widest, std::min(columns(advice.command), kWidestCommand));
  }
  std::vector<std::string> lines;
  for (const Advice& advice : list) {
    const int blanks = std::max(0, widest - columns(advice.command));
    lines.push_back(advice.command + std::string(static_cast<std::size_t>(blanks), ' ') + "  " +
                    advice.effect);
  }
  return lines;
}

}  // namespace fat

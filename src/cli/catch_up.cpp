#include "cli/catch_up.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "fat/engine/missed_steps.hpp"
#include "fat/engine/target_temperature.hpp"
#include "fat/plan/section_text.hpp"

namespace fat {

namespace {

/// Steps that need one temperature.
struct Group {
  std::optional<std::size_t> move;  ///< index of the step that set it; none: as the run began
  std::string name;
  std::vector<std::size_t> steps;
};

class Writer {
 public:
  Writer(const Plan& plan, const RunState& state, const std::vector<std::string>& serials)
      : plan_(plan),
        state_(state),
        serials_(serials),
        style_{.backups = plan.backup.has_value(), .lanes = false, .station = false} {}

  CatchUp write(const std::string& run_file);

 private:
  bool is_asked_about(const std::string& serial) const {
    return serials_.empty() || std::ranges::find(serials_, serial) != serials_.end();
  }

  bool misses(const std::string& serial, std::size_t index) const {
    return has_missed(plan_.steps[index], state_.main_step(index), serial);
  }

  bool count(std::size_t index);
  void collect();
  Group& group_of(std::optional<std::size_t> move);
  void begin_with_present_temperature();
  std::string heading() const;
  std::string move_to(const Group& group);

  std::string section(const Step& step) const { return "\n" + section_text(step, style_); }

  std::string name_of(std::optional<std::size_t> move) const {
    const auto target = move ? target_temperature(plan_.steps[*move]) : std::nullopt;
    return target ? fmt::format("{:g} degC", *target) : "";
  }

  const Plan& plan_;
  const RunState& state_;
  const std::vector<std::string>& serials_;
  SectionStyle style_;
  std::vector<std::pair<std::string, int>> missing_;  ///< by module
  std::vector<Group> groups_;
  std::optional<std::size_t> present_;  ///< the step that set the temperature the bench has now
};

Group& Writer::group_of(std::optional<std::size_t> move) {
  const auto name = name_of(move);
  const auto found = std::ranges::find(groups_, name, &Group::name);
  return found != groups_.end()
             ? *found
             : groups_.emplace_back(Group{.move = move, .name = name, .steps = {}});
}

/// Counts the step for every module that missed it. True when one did.
bool Writer::count(std::size_t index) {
  bool wanted = false;
  for (auto& [serial, count] : missing_) {
    const bool one = misses(serial, index);
    count += one ? 1 : 0;
    wanted = wanted || one;
  }
  return wanted;
}

void Writer::collect() {
  for (const auto& module : plan_.modules) {
    if (is_asked_about(module.serial)) {
      missing_.emplace_back(module.serial, 0);
    }
  }
  std::optional<std::size_t> move;
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    if (target_temperature(plan_.steps[i])) {
      move = i;
      present_ = state_.main_step(i).outcome == Outcome::Done ? move : present_;
    }
    if (count(i)) {
      group_of(move).steps.push_back(i);
    }
  }
  std::erase_if(missing_, [](const auto& one) { return one.second == 0; });
}

void Writer::begin_with_present_temperature() {
  const auto first = std::ranges::find(groups_, name_of(present_), &Group::name);
  if (first != groups_.end()) {
    std::rotate(groups_.begin(), first, first + 1);
  }
}

std::string Writer::heading() const {
  auto text =
      fmt::format("# What modules of run {} have missed in quarantine:\n", plan_.run_number);
  for (const auto& [serial, count] : missing_) {
    text += fmt::format("#   {}: {} step{}\n", serial, count, count == 1 ? "" : "s");
  }
  return text;
}

/// A relative move of the original starts from where the bench is now.
Step from_here(Step step, std::optional<double> here) {
  const auto target = target_temperature(step);
  for (auto& argument : step.arguments) {
    if (here && target && argument.name == "fcurrent") {
      argument.value = fmt::format("{:g}", *here);
    } else if (here && target && argument.name == "fdelta") {
      argument.value = fmt::format("{:g}", *target - *here);
    }
  }
  return step;
}

/// The step that sets the temperature, and the waits behind it. To where the run began only a
/// person can bring the bench.
std::string Writer::move_to(const Group& group) {
  if (group.name == name_of(present_)) {
    return {};
  }
  if (!group.move) {
    Step ask;
    ask.title = "catch-up: temperature";
    ask.kind = StepKind::Prompt;
    ask.task = "manual_input";
    ask.arguments = {{.name = "message",
                      .value = "Bring the bench to the temperature at which the run began, wait "
                               "until the modules have it, then answer yes"}};
    present_.reset();
    return section(ask);
  }
  const auto here = present_ ? target_temperature(plan_.steps[*present_]) : std::nullopt;
  auto text = section(from_here(plan_.steps[*group.move], here));
  for (auto next = *group.move + 1;
       next < plan_.steps.size() && plan_.steps[next].kind == StepKind::Wait;
       ++next) {
    text += section(plan_.steps[next]);
  }
  present_ = group.move;
  return text;
}

CatchUp Writer::write(const std::string& run_file) {
  collect();
  if (groups_.empty()) {
    return {};
  }
  begin_with_present_temperature();
  CatchUp result;
  result.schedule = heading() + "\n" + constants_text(plan_, run_file);
  for (const auto& group : groups_) {
    result.schedule += fmt::format(
        "\n# {}\n",
        group.name.empty() ? "at the temperature the run began with" : "at " + group.name);
    result.schedule += move_to(group);
    for (const auto index : group.steps) {
      result.schedule += section(plan_.steps[index]);
    }
  }
  result.schedule += safety_text(plan_, style_);
  for (const auto& [serial, count] : missing_) {
    result.modules.push_back(serial);
  }
  return result;
}

}  // namespace

CatchUp catch_up(const Plan& plan,
                 const RunState& state,
                 const std::vector<std::string>& serials,
                 const std::string& run_file) {
  return Writer{plan, state, serials}.write(run_file);
}

}  // namespace fat

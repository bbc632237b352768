#include "engine/state_coverage.hpp"

#include <fmt/format.h>

namespace fat {

namespace {

constexpr std::array kListNames{"step", "safe action", "set-up step"};

Cause cause_of(Outcome outcome, Cause done) {
  constexpr std::array offsets{0, 1, 2, 3, 4};  // done errored skipped interrupted aborted
  const auto offset = offsets.at(number(outcome));
  const bool resolved = done == Cause::ResolveDone;  // never resolved as interrupted
  return static_cast<Cause>(static_cast<int>(done) + offset - (resolved && offset == 4 ? 1 : 0));
}

/// The steps an event concerns, and as what.
struct Concern {
  StepList list;
  std::string title;
  Cause cause;
  Phase before;
};

class Concerns {
 public:
  Concerns(const Plan& plan, const RunState& state) : plan_(plan), state_(state) {}

  std::vector<Concern> of(const EventBody& body) {
    std::visit([this](const auto& event) { see(event); }, body);
    return std::move(all_);
  }

 private:
  template <typename Body>
  void see(const Body&) {}

  void see(const AttemptStarted& body) {
    add(body.key.list, body.key.title, body.verify ? Cause::Verify : Cause::Start);
  }

  void see(const AttemptEnded& body) {
    add(body.key.list, body.key.title, cause_of(body.outcome, Cause::EndDone));
  }

  void see(const StepResolved& body) {
    add(list_of(body.title), body.title, cause_of(body.outcome, Cause::ResolveDone));
  }

  void see(const StepReopened& body) { add(list_of(body.title), body.title, Cause::Reopen); }

  void see(const RunOpened& body) {
    for (const auto& title : body.imported_done) {
      add(StepList::Main, title, Cause::Import);
    }
  }

  void see(const PlanAdopted& body) {
    for (const auto& title : body.redo) {
      add(list_of(title), title, Cause::Redo);
    }
  }

  void see(const SchedulerStarted&) {
    for (const auto list : kStepLists) {
      add_all(list, Cause::Scheduler);
    }
  }

  void see(const SafeStateStarted&) {
    add_all(StepList::SafeState, Cause::SafeState);
    add_all(StepList::OnResume, Cause::SafeState);
  }

  void add_all(StepList list, Cause cause) {
    for (const auto& step : steps_of(plan_, list)) {
      add(list, step.title, cause);
    }
  }

  void add(StepList list, const std::string& title, Cause cause) {
    if (list != StepList::Backup) {
      all_.push_back({list, title, cause, phase_of(state_, list, title)});
    }
  }

  StepList list_of(const std::string& title) const {
    return find_step(plan_.on_resume, title) ? StepList::OnResume : StepList::Main;
  }

  const Plan& plan_;
  const RunState& state_;
  std::vector<Concern> all_;
};

}  // namespace

void StateCoverage::apply(RunCampaign& campaign, const Event& event) {
  illegal_.try_them(campaign, event);
  const auto before = campaign.status();
  const auto concerns = Concerns{campaign.plan(), campaign.state()}.of(event.body);
  campaign.apply(event);
  ++runs_.at(event.body.index()).at(number(before)).at(number(campaign.status()));
  for (const auto& [list, title, cause, was] : concerns) {
    const auto is = phase_of(campaign.state(), list, title);
    ++steps_.at(number(list)).at(number(cause)).at(number(was)).at(number(is));
  }
}

std::vector<StateCoverage::Taken> StateCoverage::taken() const {
  std::vector<Taken> all;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    for (std::size_t from = 0; from < kStatuses; ++from) {
      const auto& targets = run_targets(kind).at(from);
      for (std::size_t to = 0; to < kStatuses; ++to) {
        all.push_back({.name = fmt::format("run {:<12} {:<22} {}",
                                           to_string(static_cast<RunStatus>(from)),
                                           kind_of(bodies().at(kind)),
                                           to_string(static_cast<RunStatus>(to))),
                       .count = runs_.at(kind).at(from).at(to),
                       .legal = targets.find(kStatusLetters.at(to)) != std::string_view::npos,
                       .rare = targets.find('*') < targets.find(kStatusLetters.at(to))});
      }
    }
  }
  for (const auto list : kStepLists) {
    add_steps(list, all);
  }
  return all;
}

void StateCoverage::add_steps(StepList list, std::vector<Taken>& all) const {
  for (std::size_t cause = 0; cause < kCauses; ++cause) {
    for (std::size_t from = 0; from < kPhases; ++from) {
      const auto& targets = step_targets(list, static_cast<Cause>(cause)).at(from);
      for (std::size_t to = 0; to < kPhases; ++to) {
        all.push_back({.name = fmt::format("{} {:<12} {:<22} {}",
                                           kListNames.at(number(list)),
                                           to_string(static_cast<Phase>(from)),
                                           to_string(static_cast<Cause>(cause)),
                                           to_string(static_cast<Phase>(to))),
                       .count = steps_.at(number(list)).at(cause).at(from).at(to),
                       .legal = targets.find(kPhaseLetters.at(to)) != std::string_view::npos,
                       .rare = targets.find('*') < targets.find(kPhaseLetters.at(to))});
      }
    }
  }
}

std::string StateCoverage::text() const {
  std::string text;
  for (const auto& one : taken()) {
    text += one.count == 0 ? "" : fmt::format("  {:<66} {:>9}\n", one.name, one.count);
  }
  return text;
}

std::vector<std::string> StateCoverage::unexpected() const {
  std::vector<std::string> names;
  for (const auto& one : taken()) {
    if (one.count > 0 && !one.legal) {
      names.push_back(one.name);
    }
  }
  return names;
}

std::vector<std::string> StateCoverage::missing() const {
  std::vector<std::string> names;
  for (const auto& one : taken()) {
    if (one.count == 0 && one.legal && !one.rare) {
      names.push_back(one.name);
    }
  }
  return names;
}

}  // namespace fat

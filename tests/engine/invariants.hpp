// Events one after another -> the first promise that is broken. Knows the plan and the rules,
// nothing of the engine.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"

namespace fat {

class Invariants {
 public:
  explicit Invariants(const Plan& plan) : plan_(plan) {}

  /// Call before the engine applies the event.
  void check(const Event& event);

  /// Empty while all holds.
  const std::string& broken() const { return broken_; }

 private:
  struct Open {
    AttemptKey key;
    Instant at;
    bool verify = false, asked = false;
  };

  void on(const AttemptStarted& body, const Event& event);
  void on(const AttemptEnded& body);
  void on(const PromptOpened& body);
  void on(const PromptAnswered& body);
  void on(const SchedulerStarted& body, const Event& event);
  void on(const RunEnded& body);
  void decided(const std::string& title, std::optional<Outcome> outcome);
  void start_of_step(const AttemptStarted& body, const Step& step);
  void must_set_up();
  void must(bool condition, const std::string& promise);

  const Plan& plan_;
  std::string broken_;
  std::vector<Open> open_;
  std::map<std::string, Outcome> final_;  ///< of main steps
  std::set<std::string> in_doubt_, reopened_, to_set_up_;
  std::set<int> asked_, answered_;
  std::map<std::string, int> tries_;
  std::set<std::string> safe_actions_left_;
  bool safe_active_ = false, bench_safe_ = false, ended_ = false;
  bool batch_ = false;
  std::string from_, until_, boot_;
};

}  // namespace fat

// Events in memory: a journal that lives as long as the test.
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fat/ports/journal.hpp"

namespace fat {

/// Refuses like a full disk while `refuse_writes(true)` holds. Goes through the stored form of
/// every body, as the real one does.
class MemoryJournal : public Journal {
 public:
  void append(const std::vector<Event>& events,
              const PlanRecord* plan = nullptr,
              const std::vector<Message>& messages = {}) override {
    if (refuses_) {
      ++refused_;
      throw JournalError{JournalFault::Unwritable, "the journal cannot be written: no space left"};
    }
    for (const Event& event : events) {
      Event kept = event;
      kept.body = event_body_from_json_text(kind_of(event.body), to_json_text(event.body));
      events_.push_back({.id = static_cast<std::int64_t>(events_.size()) + 1, .event = kept});
    }
    if (plan != nullptr) {
      plans_[{plan->run, plan->version}] = plan_from_json_text(to_json_text(plan->plan));
    }
    messages_.insert(messages_.end(), messages.begin(), messages.end());
    ++appends_;
  }

  std::vector<StoredEvent> events(int run, std::int64_t after = 0) const override {
    std::vector<StoredEvent> found;
    std::ranges::copy_if(events_, std::back_inserter(found), [&](const auto& one) {
      return one.event.run == run && one.id > after;
    });
    return found;
  }

  std::vector<int> runs() const override {
    std::vector<int> numbers;
    for (const StoredEvent& stored : events_) {
      if (std::ranges::find(numbers, stored.event.run) == numbers.end()) {
        numbers.push_back(stored.event.run);
      }
    }
    return numbers;
  }

  std::optional<Plan> plan(int run, int version) const override {
    const auto found = plans_.find({run, version});
    return found == plans_.end() ? std::nullopt : std::optional{found->second};
  }

  std::vector<Microseconds> past_durations(const std::string& fingerprint,
                                           const std::string& task) const override {
    const auto same_content =
        durations_where([&](const Step& step) { return fat::fingerprint(step) == fingerprint; });
    return same_content.empty() ? durations_where([&](const Step& step) {
      return !task.empty() && step.task == task;
    })
                                : same_content;
  }

  /// From now on append() throws JournalError{Unwritable}, until switched off.
  void refuse_writes(bool refuse) { refuses_ = refuse; }

  int refused() const { return refused_; }

  int appends() const { return appends_; }

  const std::vector<StoredEvent>& all() const { return events_; }

  const std::vector<Message>& messages() const { return messages_; }

 private:
  using AttemptOfRun = std::pair<int, AttemptKey>;

  std::vector<Microseconds> durations_where(const auto& is_meant) const {
    std::map<AttemptOfRun, int> versions;  // of the plan the attempt was started under
    std::vector<Microseconds> durations;
    for (const StoredEvent& stored : events_) {
      const int run = stored.event.run;
      if (const auto* started = std::get_if<AttemptStarted>(&stored.event.body);
          started != nullptr && !started->verify) {
        versions[{run, started->key}] = started->plan_version;
      }
      const auto* ended = std::get_if<AttemptEnded>(&stored.event.body);
      const Step* const step = ended == nullptr ? nullptr : step_of({run, ended->key}, versions);
      if (step != nullptr && ended->outcome == Outcome::Done && is_meant(*step)) {
        durations.push_back(ended->ran);
      }
    }
    std::ranges::reverse(durations);
    durations.resize(std::min<std::size_t>(durations.size(), 20));
    return durations;
  }

  const Step* step_of(const AttemptOfRun& attempt,
                      const std::map<AttemptOfRun, int>& versions) const {
    const auto version = versions.find(attempt);
    if (version == versions.end()) {
      return nullptr;
    }
    const auto plan = plans_.find({attempt.first, version->second});
    const auto& [list, title, number] = attempt.second;
    return plan == plans_.end() ? nullptr : find_step(plan->second, list, title);
  }

  std::vector<StoredEvent> events_;
  std::vector<Message> messages_;
  std::map<std::pair<int, int>, Plan> plans_;
  bool refuses_ = false;
  int refused_ = 0, appends_ = 0;
};

}  // namespace fat

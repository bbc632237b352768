// What a test says -> answers and events, as the cli's ApiSource would give them.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "fat/web/api.hpp"

namespace fat {

inline StreamEvent journal_event(std::uint64_t id) {
  return {.name = "journal",
          .id = std::to_string(id),
          .data = std::make_shared<const std::string>(fmt::format(R"({{"id":{}}})", id))};
}

inline StreamEvent plain_event(std::string name, std::string data) {
  return {.name = std::move(name),
          .id = {},
          .data = std::make_shared<const std::string>(std::move(data))};
}

/// Tells what it was asked. A journal of so many events; those behind `forgotten` can be sent
/// again.
class ScriptedSource : public ApiSource {
 public:
  ApiAnswer answer(const ApiRequest& request) override {
    std::unique_lock lock{mutex_};
    ++asked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    if (broken_) {
      throw std::runtime_error{"/home/anna/secret is missing"};
    }
    if (const auto found = answers_.find(request.route); found != answers_.end()) {
      return found->second;
    }
    std::string parts;
    for (const auto& part : request.parts) {
      parts += fmt::format("<{}>", part);
    }
    for (const auto& [key, value] : request.query) {
      parts += fmt::format("{}={};", key, value);
    }
    return {
        .body = fmt::format(
            "{} {} {}{}", static_cast<int>(request.route), request.user.name, parts, request.body)};
  }

  StreamEvent hello(std::optional<std::uint64_t> after) override {
    const std::scoped_lock lock{mutex_};
    if (broken_) {
      throw std::runtime_error{"no journal"};
    }
    auto event = plain_event("hello", fmt::format(R"({{"run":{}}})", run_));
    event.id = std::to_string(after.value_or(newest_));
    return event;
  }

  std::optional<std::vector<StreamEvent>> missed(std::uint64_t after) override {
    const std::scoped_lock lock{mutex_};
    if (after < forgotten_) {
      return std::nullopt;
    }
    std::vector<StreamEvent> events;
    for (auto id = after + 1; id <= newest_; ++id) {
      events.push_back(journal_event(id));
    }
    return events;
  }

  void answers(ApiRoute route, ApiAnswer answer) {
    const std::scoped_lock lock{mutex_};
    answers_[route] = std::move(answer);
  }

  /// The journal's newest event is `id` now.
  void reaches(std::uint64_t id, std::uint64_t forgotten = 0) {
    const std::scoped_lock lock{mutex_};
    newest_ = id;
    forgotten_ = forgotten;
  }

  void is_at_run(std::uint64_t run) {
    const std::scoped_lock lock{mutex_};
    run_ = run;
  }

  void breaks() {
    const std::scoped_lock lock{mutex_};
    broken_ = true;
  }

  /// Answers nobody until `let_go`.
  void hold() {
    const std::scoped_lock lock{mutex_};
    held_ = true;
  }

  void let_go() {
    const std::scoped_lock lock{mutex_};
    held_ = false;
    changed_.notify_all();
  }

  /// Waits until it was asked so often.
  void wait_for_questions(int count) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return asked_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<ApiRoute, ApiAnswer> answers_;  // guarded by mutex_, as what follows
  std::uint64_t newest_ = 0, forgotten_ = 0, run_ = 1;
  int asked_ = 0;
  bool held_ = false, broken_ = false;
};

}  // namespace fat

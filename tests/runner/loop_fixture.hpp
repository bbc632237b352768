// Command lines in a test -> a run under the real loop, shim and socket, with a journal in memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "fakes/memory_journal.hpp"
#include "fakes/patience.hpp"
#include "fakes/recording_observer.hpp"
#include "fakes/recording_run_record.hpp"
#include "fakes/scripted_messages.hpp"
#include "fat/engine/run_campaign.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/runner/run_loop.hpp"
#include "fat/runner/system_clock.hpp"
#include "runner/step_fixture.hpp"

namespace fat {

/// A scheduler's life ends here, as by SIGKILL: nothing of it is tidied up.
struct SchedulerDies {};

class LoopTest : public StepTest {
 public:
  LoopTest(const LoopTest&) = delete;
  LoopTest& operator=(const LoopTest&) = delete;

  LoopTest() { plan_.run_number = 12; }

  ~LoopTest() override {
    loop_.reset();
    for (const auto& step : plan_.steps) {  // what a failed test left running
      if (const auto start =
              parse_start_record(content_of(attempt_of(step.title) / "start.json"))) {
        for (const auto& [pid, start_time] : {start->command, start->shim}) {
          signal_process({.id = pid, .start_time = start_time}, SIGKILL);
        }
      }
    }
    signal(SIGHUP, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
  }

 protected:
  Step& add(const std::string& title, const std::string& script) {
    Step step;
    step.title = title;
    step.command = script;
    step.shell = true;
    plan_.steps.push_back(step);
    return plan_.steps.back();
  }

  /// A step that runs until release().
  Step& add_patient(const std::string& title) {
    const auto fifo = folder_ / ("go_" + title);
    mkfifo(fifo.c_str(), 0600);
    gates_[title] = OwnedFd{open(fifo.c_str(), O_RDWR | O_CLOEXEC)};
    return add(title, fmt::format("read x < go_{0} && echo {0} >> order", title));
  }

  /// What people are told, in the order in which it was stored.
  std::vector<std::string> told() const {
    std::vector<std::string> kinds;
    for (const auto& message : journal_.messages()) {
      kinds.push_back(message.text);
    }
    return kinds;
  }

  std::vector<std::string> stored_kinds() const {
    std::vector<std::string> kinds;
    for (const auto& stored : journal_.all()) {
      kinds.emplace_back(kind_of(stored.event.body));
    }
    return kinds;
  }

  void release(const std::string& title) { EXPECT_EQ(write(gates_[title].get(), "\n", 1), 1); }

  /// Calls `then` once `condition` holds, looking whenever something may have happened.
  void when(std::function<bool()> condition, std::function<void()> then) {
    waits_.push_back({std::move(condition), std::move(then)});
  }

  void when_running(const std::string& title, std::function<void()> then) {
    when([this, title] { return is_running(title); }, std::move(then));
  }

  void when_status(RunStatus status, std::function<void()> then) {
    when([this, status] { return loop_->summary().status == status; }, std::move(then));
  }

  /// The command of the step's first attempt has been started by its shim.
  bool is_running(const std::string& title) const {
    return std::filesystem::exists(attempt_of(title) / "start.json");
  }

  std::filesystem::path attempt_of(const std::string& title, int attempt = 1) const {
    const auto index = static_cast<int>(find_step(plan_.steps, title).value_or(0));
    return attempt_folder(
        folder_ / "run", {.list = StepList::Main, .title = title, .attempt = attempt}, index);
  }

  /// A new run, or what the journal says about it, goes on until it has ended.
  RunStatus run() { return run(clock_); }

  RunStatus run(const Clock& clock) {
    std::vector<EventBody> opening;
    PlanRecord record{.run = 12, .version = 1, .plan = plan_};
    campaign_ = std::make_unique<RunCampaign>(plan_);
    const bool fresh = journal_.all().empty();
    for (const auto& stored : journal_.events(12)) {
      campaign_->apply(stored.event);
    }
    SchedulerStarted scheduler;
    scheduler.mode = fresh ? StartMode::Run : StartMode::Restart;
    if (fresh) {
      opening = {
          RunOpened{}, scheduler, PlanAdopted{.version = 1, .fingerprint = fingerprint(plan_)}};
    } else {
      opening = {scheduler};
    }
    std::vector<Event> events;
    events.reserve(opening.size());
    for (auto& body : opening) {
      events.push_back({.run = 12, .at = clock_.now(), .who = "anna", .body = std::move(body)});
    }
    make_loop(clock);
    return loop_->run(events, fresh ? &record : nullptr);
  }

  /// As run(), for a scheduler that is to die. Its loop is gone afterwards.
  void run_until_death() {
    EXPECT_THROW(run(), SchedulerDies);
    loop_.reset();
    waits_.clear();
  }

  VerbReply ask(Verb verb) {
    verb.who = "anna";
    return loop_->request(verb);
  }

  VerbReply answer(const std::string& value, const std::string& reason = {}) {
    return ask({.kind = VerbKind::Answer, .who = {}, .step = {}, .value = value, .reason = reason});
  }

  /// What the journal tells, one word or two an event: "started a", "ended a done".
  std::vector<std::string> story() const {
    std::vector<std::string> words;
    for (const auto& stored : journal_.events(12)) {
      const auto& body = stored.event.body;
      if (const auto* started = std::get_if<AttemptStarted>(&body)) {
        words.push_back("started " + started->key.title);
      } else if (const auto* ended = std::get_if<AttemptEnded>(&body)) {
        words.push_back(fmt::format("ended {} {}", ended->key.title, to_string(ended->outcome)));
      } else if (const auto* end = std::get_if<RunEnded>(&body)) {
        words.emplace_back(to_string(end->status));
      } else {
        words.emplace_back(kind_of(body));
      }
    }
    return {words.begin() + std::min<std::ptrdiff_t>(3, std::ssize(words)), words.end()};
  }

  template <typename Body>
  std::vector<Body> stored() const {
    std::vector<Body> found;
    for (const auto& one : journal_.events(12)) {
      if (const auto* body = std::get_if<Body>(&one.event.body)) {
        found.push_back(*body);
      }
    }
    return found;
  }

  void make_loop(const Clock& clock) {
    settings_.files = {.program = "/no/fatmaster", .shim = FAT_STEP_PATH, .python_call = "/no.py"};
    settings_.station = folder_;
    settings_.run_folder = folder_ / "run";
    settings_.socket = folder_ / "s";
    settings_.environment = spec({}).environment;
    settings_.grace = 2s;
    loop_ = std::make_unique<RunLoop>(RunLoopParts{.campaign = *campaign_,
                                                   .journal = journal_,
                                                   .clock = clock,
                                                   .record = record_,
                                                   .observers = {&observer_},
                                                   .messages = &messages_,
                                                   .guard = guard_},
                                      settings_);
    const auto began = clock_.now();
    loop_->every(2ms, [this, began] {
      if (elapsed(began, clock_.now()) > kPatience) {
        throw std::runtime_error{"the run does not end: " + loop_->summary().why};
      }
      look();
    });
  }

  std::string order() const { return content_of(folder_ / "order"); }

  Plan plan_;
  SystemClock clock_;
  MemoryJournal journal_;
  ScriptedMessages messages_;
  RecordingRunRecord record_;
  RecordingObserver observer_;
  std::unique_ptr<RunCampaign> campaign_;
  std::unique_ptr<RunLoop> loop_;
  RunLoopSettings settings_;
  BenchGuard* guard_ = nullptr;

 private:
  struct Wait {
    std::function<bool()> condition;
    std::function<void()> then;
  };

  // One at a time, in order.
  void look() {
    if (!waits_.empty() && waits_.front().condition()) {
      const auto then = waits_.front().then;
      waits_.erase(waits_.begin());
      then();
    }
  }

  std::vector<Wait> waits_;
  std::map<std::string, OwnedFd> gates_;
};

}  // namespace fat

#include "fat/runner/run_loop.hpp"

#include <algorithm>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "runner/attempt_endings.hpp"
#include "runner/bench_hold.hpp"
#include "runner/boot_timer.hpp"
#include "runner/code_keeper.hpp"
#include "runner/control_pages.hpp"
#include "runner/descriptor_watch.hpp"
#include "runner/event_stage.hpp"
#include "runner/operator_signals.hpp"
#include "runner/record_keeper.hpp"
#include "runner/run_json_copies.hpp"
#include "runner/signal_files.hpp"
#include "runner/step_processes.hpp"

namespace fat {

namespace asio = boost::asio;

namespace {

/// How long to wait before the journal is tried again.
constexpr Microseconds kJournalRetry = std::chrono::seconds{1};

/// How often files that hold a signal are looked at, and the bench's guard is asked.
constexpr Microseconds kSignalsEvery = std::chrono::seconds{5};
constexpr Microseconds kGuardEvery = std::chrono::seconds{1};

}  // namespace

class RunLoop::Impl {
 public:
  Impl(RunLoopParts parts, RunLoopSettings settings);

  RunStatus run(const std::vector<Event>& opening, const PlanRecord* plan);
  VerbReply request(const Verb& verb);
  RunSummary summary() const;
  void watch(int fd, std::function<bool()> readable);
  void every(Microseconds period, std::function<void()> tick);

  Pages pages;

 private:
  void open_run(const std::vector<Event>& opening, const PlanRecord* plan);
  void recover_attempts();
  void settle();
  bool commit();
  void act(const std::vector<Event>& events);
  void start_process(const AttemptStarted& attempt);
  void end_what_shall_end();
  void tell(const std::vector<Event>& events);
  void alarm(const std::string& text);
  void bring_home(std::vector<EventBody> bodies);
  void happened(std::vector<EventBody> bodies);
  void reported(CollectedReport report);
  void add_signals(const Instant& now);
  void follow_plan();
  void keep_record();
  void arm_wake(std::optional<Microseconds> after);
  void say_verb(VerbKind kind, const std::string& who, const std::string& reason);

  RunLoopParts parts_;
  RunLoopSettings settings_;
  EventStage stage_;
  asio::io_context loop_{1};
  StepProcesses processes_;
  RunJsonCopies copies_;
  SignalFiles signal_files_;
  BenchHold hold_;
  RecordKeeper record_;
  BootTimer wake_, journal_retry_, record_timer_;
  OperatorSignals signals_;
  ControlServer server_;
  std::vector<std::unique_ptr<DescriptorWatch>> watches_;
  std::vector<std::unique_ptr<BootTimer>> ticks_;
  bool settling_ = false;
  bool watches_signals_ = false;  ///< files are looked at every now and then
};

RunLoop::Impl::Impl(RunLoopParts parts, RunLoopSettings settings)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      stage_(parts_.campaign,
             parts_.journal,
             parts_.messages,
             [this](const auto& text) { alarm(text); }),
      processes_(
          loop_,
          settings_,
          parts_.campaign.plan(),
          {.happened = [this](auto bodies) { bring_home(std::move(bodies)); },
           .progressed =
               [this](AttemptReported report) {
                 parts_.campaign.apply({.run = parts_.campaign.plan().run_number,
                                        .at = parts_.clock.now(),
                                        .who = kProgram,
                                        .body = std::move(report)});
               },
           .reported = [this](CollectedReport report) { reported(std::move(report)); },
           .run_json_for = [this](const auto& attempt) { return parts_.record.text_for(attempt); },
           .alarm = [this](const std::string& text) { alarm(text); }}),
      copies_(
          loop_, parts_.record, settings_.run_folder, [this](const auto& text) { alarm(text); }),
      signal_files_(parts_.campaign.plan(), settings_.station),
      hold_(parts_.guard, parts_.campaign, [this](const auto& text) { alarm(text); }),
      record_(parts_.record, settings_.record_interval),
      wake_(loop_),
      journal_retry_(loop_),
      record_timer_(loop_),
      signals_(
          loop_,
          settings_.stop_deadline,
          [this](VerbKind kind, const std::string& who, const std::string& reason) {
            say_verb(kind, who, reason);
          },
          [this] { return parts_.campaign.status(); }),
      server_(
          loop_, settings_.socket, settings_.shared_socket, [this](const ControlRequest& request) {
            return answer_control(
                request,
                {.request = [this](const Verb& verb) { return this->request(verb); },
                 .summary = [this] { return summary(); },
                 .pages = pages});
          }) {}

RunStatus RunLoop::Impl::run(const std::vector<Event>& opening, const PlanRecord* plan) {
  open_run(opening, plan);
  recover_attempts();
  follow_plan();
  if (hold_.is_guarded()) {
    every(kGuardEvery, [this] { settle(); });
  }
  settle();
  keep_record();  // also when nothing happened: the one before us may have died first
  loop_.run();
  return parts_.campaign.status();
}

void RunLoop::Impl::open_run(const std::vector<Event>& opening, const PlanRecord* plan) {
  stage_.open(opening, plan);
  record_.touch();
  tell(opening);
}

// Nothing is decided before the last one is known.
void RunLoop::Impl::recover_attempts() {
  const auto open = parts_.campaign.open_attempts(parts_.clock.now());
  settling_ = true;
  for (const auto& attempt : open) {
    if (attempt.kind != StepKind::Wait && attempt.kind != StepKind::Prompt) {
      bring_home(processes_.recover(attempt));
    }
  }
  settling_ = false;
  record_.found_alive(parts_.campaign.open_attempts(parts_.clock.now()));
}

// Asks the engine until it has nothing more to say, makes all of it durable at once, then acts.
// While the journal refuses, nothing more is decided: time-outs would run for what cannot begin.
void RunLoop::Impl::settle() {
  if (settling_) {
    return;
  }
  settling_ = true;
  end_what_shall_end();
  if (stage_.is_held_up() && !commit()) {
    settling_ = false;
    return;
  }
  const auto now = parts_.clock.now();
  add_signals(now);  // a step that starts now is judged by what its files say now
  stage_.add(hold_.ask(now), kProgram, now);
  const auto tell_alarm = [this](const auto& text) { alarm(text); };
  auto decision = parts_.campaign.decide(now);
  while (!decision.events.empty()) {
    auto events = with_code(std::move(decision.events), parts_.campaign, parts_.code, tell_alarm);
    stage_.add(hold_.with_marks(std::move(events)), kProgram, now);
    decision = parts_.campaign.decide(now);
  }
  arm_wake(decision.wake_after);
  end_what_shall_end();
  const bool durable = commit();
  settling_ = false;
  if (durable && is_ended(parts_.campaign.status()) && stage_.empty()) {
    server_.finish([this] { loop_.stop(); });
  }
}

bool RunLoop::Impl::commit() {
  const auto events = stage_.commit();
  if (!events) {
    journal_retry_.start(kJournalRetry, [this] { settle(); });
    return false;
  }
  if (!events->empty()) {
    act(*events);
    tell(*events);
  }
  return true;
}

void RunLoop::Impl::act(const std::vector<Event>& events) {
  for (const auto& event : events) {
    record_.note(event.body);
  }
  keep_record();
  for (const auto& event : events) {
    if (const auto* answered = std::get_if<PromptAnswered>(&event.body);
        answered != nullptr && answered->attempt) {
      processes_.answer(*answered->attempt, answered->id, answered->value);
    }
    if (const auto* started = std::get_if<AttemptStarted>(&event.body); started != nullptr) {
      start_process(*started);
    }
  }
}

void RunLoop::Impl::start_process(const AttemptStarted& attempt) {
  if (attempt.kind == StepKind::Wait || attempt.kind == StepKind::Prompt) {
    return;
  }
  const auto open = parts_.campaign.open_attempts(parts_.clock.now());
  const auto found = std::ranges::find(open, attempt.key, &OpenAttempt::key);
  if (found == open.end()) {
    return;
  }
  auto failed =
      found->asked_to_end ? std::optional{never_began(attempt.key)} : processes_.start(attempt);
  if (failed) {
    asio::post(loop_, [this, end = std::move(*failed)] { happened({end}); });
  }
}

void RunLoop::Impl::end_what_shall_end() {
  for (const auto& attempt : parts_.campaign.open_attempts(parts_.clock.now())) {
    if (attempt.asked_to_end) {
      processes_.end(attempt.key, *attempt.asked_to_end);
    }
  }
}

void RunLoop::Impl::tell(const std::vector<Event>& events) {
  const auto now = parts_.clock.now();
  for (auto* observer : parts_.observers) {
    observer->happened(events, parts_.campaign, now);
  }
}

void RunLoop::Impl::alarm(const std::string& text) {
  for (auto* observer : parts_.observers) {
    observer->alarm(text, parts_.clock.now());
  }
}

void RunLoop::Impl::bring_home(std::vector<EventBody> bodies) {
  copies_.bring_home(std::move(bodies),
                     parts_.campaign.open_attempts(parts_.clock.now()),
                     [this](auto ended) { happened(std::move(ended)); });
}

void RunLoop::Impl::happened(std::vector<EventBody> bodies) {
  stage_.add(std::move(bodies), kProgram, parts_.clock.now());
  settle();
}

// The questions and the offset behind them become durable together: neither is lost nor asked
// twice.
void RunLoop::Impl::reported(CollectedReport report) {
  if (is_ended(parts_.campaign.status())) {
    return;  // whoever resumes the run reads it from the offset that is stored
  }
  const int last =
      report.questions.empty() ? 0 : parts_.campaign.summary(parts_.clock.now()).last_prompt;
  happened(events_of(std::move(report), last));
}

void RunLoop::Impl::add_signals(const Instant& now) {
  if (is_ended(parts_.campaign.status())) {
    return;
  }
  const auto readings = signal_files_.changed();
  stage_.add({readings.begin(), readings.end()}, kProgram, now);
}

/// What the steps of the plan want to know is looked for, also while nothing else happens.
void RunLoop::Impl::follow_plan() {
  processes_.follow_plan();
  signal_files_.follow(parts_.campaign.plan());
  if (!signal_files_.empty() && !std::exchange(watches_signals_, true)) {
    every(kSignalsEvery, [this] { settle(); });
  }
}

void RunLoop::Impl::keep_record() {
  if (stage_.is_held_up()) {
    return;  // the view would tell what is not durable; what ends the suspension comes here again
  }
  const auto now = parts_.clock.now();
  const auto wait =
      record_.consider(parts_.campaign, now, [this](const std::string& text) { alarm(text); });
  if (wait) {
    record_timer_.start(*wait, [this] { keep_record(); });
  } else {
    record_timer_.cancel();
  }
}

void RunLoop::Impl::arm_wake(std::optional<Microseconds> after) {
  if (after) {
    wake_.start(*after, [this] { settle(); });
  } else {
    wake_.cancel();
  }
}

void RunLoop::Impl::say_verb(VerbKind kind, const std::string& who, const std::string& reason) {
  const auto before = parts_.campaign.status();
  const auto reply = request({.kind = kind, .who = who, .reason = reason, .signal = true});
  const bool told = kind == VerbKind::Halt && reply.accepted;  // of an abort: no other state
  if (parts_.campaign.status() == before && !told) {           // else the event itself was told
    alarm(fmt::format("{}: {}", who, reply.text));
  }
}

VerbReply RunLoop::Impl::request(const Verb& verb) {
  if (stage_.is_held_up() &&
      verb.kind == VerbKind::Edit) {  // one plan is stored with one transaction
    return {.accepted = false, .text = "nothing can be edited now: " + stage_.why(), .events = {}};
  }
  const auto now = parts_.clock.now();
  auto reply = parts_.campaign.request(verb, now);
  if (reply.events.empty()) {
    return reply;
  }
  stage_.add(std::move(reply.events), verb.who, now);
  if (verb.kind == VerbKind::Edit) {
    follow_plan();
  }
  settle();
  reply.events.clear();
  if (stage_.is_held_up()) {
    reply.text += " (not yet recorded: " + stage_.why() + ")";
  }
  return reply;
}

RunSummary RunLoop::Impl::summary() const {
  auto summary = parts_.campaign.summary(parts_.clock.now());
  if (stage_.is_held_up() && !is_ended(summary.status)) {
    summary.status = RunStatus::Suspended;
    summary.why = stage_.why();
  }
  return summary;
}

void RunLoop::Impl::watch(int fd, std::function<bool()> readable) {
  watches_.push_back(std::make_unique<DescriptorWatch>(loop_, fd, std::move(readable)));
}

void RunLoop::Impl::every(Microseconds period, std::function<void()> tick) {
  ticks_.push_back(std::make_unique<BootTimer>(loop_));
  ticks_.back()->repeat(period, std::move(tick));
}

RunLoop::RunLoop(RunLoopParts parts, RunLoopSettings settings)
    : impl_(std::make_unique<Impl>(std::move(parts), std::move(settings))) {}

RunLoop::~RunLoop() = default;

void RunLoop::serve_pages(Pages pages) {
  impl_->pages = std::move(pages);
}

void RunLoop::watch(int fd, std::function<bool()> readable) {
  impl_->watch(fd, std::move(readable));
}

void RunLoop::every(Microseconds period, std::function<void()> tick) {
  impl_->every(period, std::move(tick));
}

RunStatus RunLoop::run(const std::vector<Event>& opening, const PlanRecord* plan) {
  return impl_->run(opening, plan);
}

VerbReply RunLoop::request(const Verb& verb) {
  return impl_->request(verb);
}

RunSummary RunLoop::summary() const {
  return impl_->summary();
}

}  // namespace fat

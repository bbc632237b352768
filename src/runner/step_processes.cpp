#include "runner/step_processes.hpp"

#include <algorithm>
#include <system_error>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <fmt/format.h>

#include "fat/model/run_paths.hpp"
#include "runner/answer_queue.hpp"
#include "runner/attempt_endings.hpp"
#include "runner/attempt_files.hpp"
#include "runner/launch_attempt.hpp"
#include "runner/process_table.hpp"
#include "runner/recovery.hpp"
#include "runner/report_collector.hpp"
#include "runner/report_reader.hpp"
#include "runner/step_process.hpp"

namespace fat {

namespace asio = boost::asio;

namespace {

/// Reports of a chatty step are read together at most this often.
constexpr Microseconds kReportInterval = std::chrono::milliseconds{100};

/// How long to wait before a process that survived KILL is looked at again.
constexpr Microseconds kLookAgain = std::chrono::seconds{1};

int duplicate(int descriptor) {
  const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) {
    throw std::system_error{errno, std::generic_category(), "cannot watch a step's process"};
  }
  return copy;
}

}  // namespace

struct StepProcesses::Watched {
  AttemptKey key;
  std::string token;
  std::string boot_id;
  std::filesystem::path folder;
  ReportReader reader;
  ReportCollector collector;
  std::unique_ptr<StepProcess> shim;  ///< none: nothing of it lives, or only leftovers do
  std::unique_ptr<asio::posix::stream_descriptor> end_stream;
  std::optional<EndedBy> asked_to_end;
  std::unique_ptr<BootTimer> timer;
  std::unique_ptr<AnswerQueue> answers;
  int watch = -1;
};

struct StepProcesses::WatchStream {
  asio::posix::stream_descriptor stream;
};

StepProcesses::StepProcesses(asio::io_context& loop,
                             const RunLoopSettings& settings,
                             const Plan& plan,
                             Listener listener)
    : loop_(loop),
      settings_(settings),
      plan_(plan),
      filter_(plan),
      listener_(std::move(listener)),
      boot_id_(current_boot_id()),
      read_later_(loop),
      watch_stream_(std::make_unique<WatchStream>(
          asio::posix::stream_descriptor{loop, duplicate(watch_.fd())})) {
  wait_for_reports();
}

StepProcesses::~StepProcesses() = default;

std::filesystem::path StepProcesses::folder_of(const AttemptKey& key, int index) const {
  return attempt_folder(settings_.run_folder, key, index);
}

const Step* StepProcesses::step_of(const AttemptKey& key, int index) const {
  return find_step(plan_, key.list, key.title, static_cast<std::size_t>(index));
}

StepProcesses::Process StepProcesses::make(const AttemptKey& key,
                                           int index,
                                           const std::string& token,
                                           std::uint64_t offset) const {
  const auto folder = folder_of(key, index);
  return std::make_shared<Watched>(
      Watched{.key = key,
              .token = token,
              .boot_id = {},
              .folder = folder,
              .reader = ReportReader{folder / "report.jsonl", offset},
              .collector = ReportCollector{key, step_of(key, index), offset, &filter_},
              .shim = nullptr,
              .end_stream = nullptr,
              .asked_to_end = std::nullopt,
              .timer = nullptr,
              .answers = nullptr,
              .watch = -1});
}

std::optional<AttemptEnded> StepProcesses::start(const AttemptStarted& attempt) {
  const auto* step = step_of(attempt.key, attempt.index);
  if (step == nullptr) {
    return refused_attempt(attempt.key, "the step is not in the plan");
  }
  const auto process = make(attempt.key, attempt.index, attempt.token, 0);
  auto launched = launch_attempt(
      *step, attempt, {settings_, plan_, listener_.run_json_for, listener_.alarm, standby_});
  if (auto* end = std::get_if<AttemptEnded>(&launched)) {
    return std::move(*end);
  }
  process->shim = std::make_unique<StepProcess>(std::move(std::get<StepProcess>(launched)));
  process->boot_id = boot_id_;
  keep(process);
  return std::nullopt;
}

void StepProcesses::keep(const Process& process) {
  processes_[process->key] = process;
  process->watch = watch_.add(process->folder);
  process->answers = answers_of(*process);
  process->end_stream =
      std::make_unique<asio::posix::stream_descriptor>(loop_, duplicate(process->shim->handle()));
  wait_for_end(process);
  asio::post(loop_,
             [this, process] { read_report(process); });  // what was said before the watch began
  asio::post(loop_, [this] { stand_by(); });
}

// While a step runs the next one's shim is started and settles: that is no more on its way then.
void StepProcesses::stand_by() {
  if (!processes_.empty()) {
    standby_.prepare(settings_.files.shim, settings_.environment);
  }
}

// The next step has begun within this call, or none begins now: then nobody need stand by.
void StepProcesses::tell(std::vector<EventBody> bodies) {
  listener_.happened(std::move(bodies));
  if (processes_.empty()) {
    standby_.dismiss();
  }
}

std::unique_ptr<AnswerQueue> StepProcesses::answers_of(const Watched& process) const {
  // The queue is the process's own and dies with it.
  return std::make_unique<AnswerQueue>(
      loop_,
      process.folder,
      AnswerQueue::Listener{
          .handed = [&process] { process.shim->signal(ShimSignal::ReadAnswers); },
          .refused =
              [this, title = process.key.title](const std::string& why) {
                listener_.alarm(fmt::format(
                    "an answer could not be handed to step '{}' ({}); it is tried again",
                    title,
                    why));
              }});
}

void StepProcesses::forget(const AttemptKey& key) {
  const auto found = processes_.find(key);
  if (found == processes_.end()) {
    return;
  }
  if (const int watch = found->second->watch; watch >= 0) {
    asio::post(loop_, [this, watch] { watch_.remove(watch); });  // the next step comes first
  }
  processes_.erase(found);
}

std::vector<EventBody> StepProcesses::recover(const OpenAttempt& attempt) {
  const auto process = make(attempt.key, attempt.index, attempt.token, attempt.report_offset);
  process->boot_id = attempt.started.boot_id;
  auto found = examine(process->folder, attempt.token, attempt.started.boot_id);
  if (const auto* ended = std::get_if<Harvest>(&found)) {
    return harvest(process, ended->record, EndCause::Harvested);
  }
  if (auto* lives = std::get_if<Adopt>(&found)) {
    process->shim = std::make_unique<StepProcess>(std::move(lives->process));
    return adopt(process, attempt);
  }
  if (const auto* gone = std::get_if<Lost>(&found)) {
    if (gone->survives) {
      listener_.alarm(fmt::format(
          "step '{}': {}; nothing starts until it is gone", attempt.key.title, gone->why));
      processes_[process->key] = process;
      look_again(process);
      return {};
    }
    return lost(process, gone->why);
  }
  return {interrupted_attempt(
      attempt.key, EndCause::NeverStarted, "the scheduler died before it could start it")};
}

std::vector<EventBody> StepProcesses::rest_of_report(const Process& process) {
  for (auto batch = process->reader.read();; batch = process->reader.read()) {
    for (const auto& line : batch.lines) {
      process->collector.add(line);
    }
    if (!batch.more) {
      break;
    }
  }
  process->collector.set_offset(process->reader.offset());
  std::vector<EventBody> bodies;
  if (process->collector.has_news() && !process->collector.only_progress()) {
    auto report = process->collector.take();
    report.questions.clear();  // nobody is there any more to hear an answer
    bodies = events_of(std::move(report), 0);
  }
  return bodies;
}

// The whole report first, then the end: both become durable together.
std::vector<EventBody> StepProcesses::harvest(const Process& process,
                                              const ExitRecord& record,
                                              EndCause cause) {
  auto bodies = rest_of_report(process);
  auto end = ending_of(process->key, record, cause, process->folder);
  end.report_offset = process->reader.offset();
  bodies.emplace_back(std::move(end));
  return bodies;
}

// How far it came is unknown; what it said is not.
std::vector<EventBody> StepProcesses::lost(const Process& process, std::string why) {
  auto bodies = rest_of_report(process);
  bodies.emplace_back(interrupted_attempt(process->key, EndCause::Lost, std::move(why)));
  return bodies;
}

std::vector<EventBody> StepProcesses::adopt(const Process& process, const OpenAttempt& attempt) {
  keep(process);
  for (const auto& [prompt, value] : attempt.answers) {
    process->answers->give_once(prompt, value);
  }
  process->shim->signal(ShimSignal::ReadAnswers);
  return {AttemptAdopted{process->key}};
}

void StepProcesses::wait_for_end(const Process& process) {
  process->end_stream->async_wait(asio::posix::stream_descriptor::wait_read,
                                  [this, process](auto error) {
                                    if (!error) {
                                      has_ended(process);
                                    }
                                  });
}

void StepProcesses::has_ended(const Process& process) {
  process->shim->reap();
  const auto record = read_exit(process->folder, process->token);
  if (record && is_report_complete(process->folder, *record)) {
    read_rest(process, *record);
    return;
  }
  look_again(process);
}

// In bites, so that the rest of a long report holds up nobody.
void StepProcesses::read_rest(const Process& process, const ExitRecord& record) {
  const auto batch = process->reader.read();
  for (const auto& line : batch.lines) {
    process->collector.add(line);
  }
  if (batch.more) {
    asio::post(loop_, [this, process, record] { read_rest(process, record); });
    return;
  }
  auto bodies = harvest(process, record, EndCause::Exited);
  forget(process->key);
  tell(std::move(bodies));
}

// The shim died without a record, or something survived: what is left is ended, and the attempt is
// lost.
void StepProcesses::look_again(const Process& process) {
  auto found = examine(process->folder, process->token, process->boot_id);
  if (const auto* ended = std::get_if<Harvest>(&found)) {
    auto bodies = harvest(process, ended->record, EndCause::Harvested);
    forget(process->key);
    tell(std::move(bodies));
    return;
  }
  const auto* gone = std::get_if<Lost>(&found);
  if (gone != nullptr && !gone->survives) {
    auto bodies = lost(process, gone->why);
    forget(process->key);
    tell(std::move(bodies));
    return;
  }
  if (std::holds_alternative<NeverStarted>(found)) {
    const auto key = process->key;
    const bool ours = process->shim != nullptr;  // trying again freely could go on for ever
    const std::string why = "its shim died before it started the command";
    forget(key);
    tell(
        {ours ? refused_attempt(key, why) : interrupted_attempt(key, EndCause::NeverStarted, why)});
    return;
  }
  process->timer = std::make_unique<BootTimer>(loop_);
  process->timer->start(kLookAgain, [this, process] { look_again(process); });
}

void StepProcesses::wait_for_reports() {
  watch_stream_->stream.async_wait(asio::posix::stream_descriptor::wait_read, [this](auto error) {
    if (!error) {
      read_later_.start(kReportInterval, [this] { read_reports(); });
    }
  });
}

void StepProcesses::read_reports() {
  const auto changed = watch_.changed();
  std::vector<Process> grown;
  for (const auto& [key, process] : processes_) {
    if (std::ranges::find(changed, process->watch) != changed.end()) {
      grown.push_back(process);
    }
  }
  for (const auto& process : grown) {
    read_report(process);
  }
  wait_for_reports();
}

void StepProcesses::read_report(const Process& process) {
  if (!processes_.contains(process->key)) {
    return;
  }
  const auto batch = process->reader.read();
  for (const auto& line : batch.lines) {
    process->collector.add(line);
  }
  process->collector.set_offset(process->reader.offset());
  if (batch.more) {
    asio::post(loop_, [this, process] { read_report(process); });
  }
  tell_report(process);
}

void StepProcesses::tell_report(const Process& process) const {
  auto& collector = process->collector;
  if (!collector.has_news()) {
    return;
  }
  const bool only_progress = collector.only_progress();
  auto report = collector.take();
  if (only_progress) {
    listener_.progressed(std::move(report.event));
    return;
  }
  listener_.reported(std::move(report));
}

void StepProcesses::end(const AttemptKey& key, EndedBy how) {
  const auto found = processes_.find(key);
  if (found == processes_.end() || found->second->asked_to_end == how ||
      found->second->shim == nullptr) {
    return;
  }
  if (found->second->asked_to_end == EndedBy::Halt) {
    return;
  }
  found->second->asked_to_end = how;
  found->second->shim->signal(how == EndedBy::Halt ? ShimSignal::Halt : ShimSignal::Abort);
}

void StepProcesses::answer(const AttemptKey& key, int prompt, const std::string& value) {
  const auto found = processes_.find(key);
  if (found == processes_.end() || found->second->shim == nullptr) {
    return;
  }
  found->second->answers->give(prompt, value);
}

}  // namespace fat

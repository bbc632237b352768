// The shim's event loop. See the header.
#include "runner/shim/supervision.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fat::shim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBlock = 65536;
constexpr Microseconds kSurvivorGrace = 2s;
constexpr Microseconds kTryAgain = 1s;
constexpr int kRecordTries = 40;
constexpr Microseconds kRecordPause = 250ms;

/// Only where nothing can be waited for: the kernel is out of memory, the disk is full.
void pause_for(Microseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  const timespec time{seconds.count(), std::chrono::nanoseconds{duration - seconds}.count()};
  nanosleep(&time, nullptr);
}

Microseconds to_microseconds(const timeval& time) {
  return std::chrono::seconds{time.tv_sec} + Microseconds{time.tv_usec};
}

pollfd reader(int fd) {
  return {fd, POLLIN, 0};
}

/// What is in the pipe at this moment.
std::size_t available(const OwnedFd& pipe) {
  int bytes = 0;
  return pipe && ioctl(pipe.get(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

/// Reads up to one block; closes the pipe at its end.
std::string_view read_block(OwnedFd& pipe, std::array<char, kBlock>& block) {
  const auto got = read(pipe.get(), block.data(), block.size());
  if (got > 0) {
    return {block.data(), static_cast<std::size_t>(got)};
  }
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    pipe.reset();
  }
  return {};
}

/// A child that has ended and is now reaped; 0 when all live on, -1 when there is none.
pid_t reap_one(int& status) {
  for (;;) {
    const pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended >= 0 || errno != EINTR) {
      return ended;
    }
  }
}

bool nobody_listens(int listener) {
  pollfd entry{listener, 0, 0};
  return poll(&entry, 1, 0) != 0;  // an end that is gone shows as POLLERR; a doubt counts as gone
}

}  // namespace

Supervision::Supervision(const Options& options, const Equipment& equipment)
    : options_(options),
      equipment_(equipment),
      answers_(equipment.folder.get()),
      output_(equipment.folder.get(), options.output_limit, options.daily, wall_now()),
      watch_(equipment.folder.get(), options.started_line),
      report_(equipment.folder.get(), options.report_limit) {}

bool Supervision::run() {
  facts_.started = wall_now();
  started_ = boot_now();
  last_activity_ = started_;
  if (start()) {
    watch();
  } else {
    facts_.status = kCannotExecute;
    facts_.ended = wall_now();
  }
  return write_exit_record();
}

bool Supervision::start() {
  if (const auto& folder = options_.working_folder; !folder.empty() && chdir(folder.c_str()) != 0) {
    facts_.start_error = sentence("cannot work in ", folder, errno);
    return false;
  }
  auto pipes = make_pipes();
  if (!pipes) {
    facts_.start_error = sentence("cannot start ", options_.command[0], errno);
    return false;
  }
  pipes_ = std::move(*pipes);
  answers_.connect(std::move(pipes_.answer.writing));
  command_ = fork_command(pipes_, options_.command, equipment_.lock);
  if (command_ < 0) {
    facts_.start_error = sentence("cannot fork for ", options_.command[0], errno);
    return false;
  }
  ender_ = Ender{command_};
  const auto self = process_stat(getpid());
  const auto command = process_stat(command_);
  errno = self && command ? errno : ENOENT;
  if (!self || !command ||
      !write_record(equipment_.folder.get(),
                    "start.json",
                    start_record(options_.token, *self, *command),
                    Durable::No)) {
    facts_.start_error = sentence("cannot write ", "start.json", errno);
    pipes_.ours.reset();  // the child ends without having run anything
    while (waitpid(command_, nullptr, 0) < 0 && errno == EINTR) {
    }
    return false;
  }
  reserve_record(equipment_.folder.get(), "exit.json");
  // A dead child is seen by reap(); one that waits for the word must not wait for ever.
  if (!let_go(pipes_) && errno != EPIPE && errno != ECONNRESET) {
    facts_.start_error = sentence("cannot let go ", options_.command[0], errno);
    pipes_.ours.reset();  // the child ends without having run anything
  }
  return true;
}

void Supervision::watch() {
  while (!is_over()) {
    arm_timer();
    wait_and_handle();
  }
  drain();
}

void Supervision::wait_and_handle() {
  std::array<pollfd, 5> entries{reader(equipment_.signals.get()),
                                reader(equipment_.timer.get()),
                                reader(pipes_.output.reading.get()),
                                reader(pipes_.report.reading.get()),
                                pollfd{answers_.blocked(), POLLOUT, 0}};
  if (poll(entries.data(), entries.size(), -1) < 0) {
    if (errno != EINTR) {
      pause_for(10ms);
    }
    return;
  }
  if (entries[2].revents != 0) {
    pump_output();
  }
  if (entries[3].revents != 0) {
    pump_report();
  }
  if (entries[4].revents != 0) {
    pump_answers();
  }
  if (entries[0].revents != 0) {
    handle_signals();
  }
  if (entries[1].revents != 0) {
    handle_time();
  }
}

void Supervision::pump_output() {
  static std::array<char, kBlock> block;
  const auto bytes = read_block(pipes_.output.reading, block);
  if (!bytes.empty()) {
    last_activity_ = boot_now();
    output_.take(bytes, wall_now());
    watch_.take(bytes);
  }
}

void Supervision::pump_report() {
  static std::array<char, kBlock> block;
  const auto bytes = read_block(pipes_.report.reading, block);
  if (!bytes.empty()) {
    last_activity_ = boot_now();
    report_.take(bytes, wall_now());
  }
}

void Supervision::pump_answers() {
  if (answers_.pump()) {
    last_activity_ = boot_now();
  }
}

/// What is there now, and not what somebody left running may still write: never waits for the end
/// of a pipe.
void Supervision::drain() {
  for (auto left = available(pipes_.output.reading); left > 0 && pipes_.output.reading;) {
    pump_output();
    left -= std::min(left, kBlock);
  }
  for (auto left = available(pipes_.report.reading); left > 0 && pipes_.report.reading;) {
    pump_report();
    left -= std::min(left, kBlock);
  }
  report_.finish(wall_now());
}

void Supervision::handle_signals() {
  signalfd_siginfo info{};
  const auto now = boot_now();
  while (read(equipment_.signals.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGQUIT) {
      end_all("halt", now);
      ender_.kill(now);
    } else if (info.ssi_signo == SIGTERM) {
      end_all("abort", now);
      if (std::exchange(asked_to_end_, true)) {
        ender_.kill(now);
      }
    } else if (info.ssi_signo == SIGUSR1) {
      pump_answers();
    }
  }
  reap();
}

/// The first reason wins: the later ones only press harder.
void Supervision::end_all(std::string_view why, Microseconds now) {
  if (!ender_.is_ending() && command_ != 0) {
    facts_.ended_by = why;
  }
  ender_.terminate(now, options_.grace);
}

void Supervision::reap() {
  const auto now = boot_now();
  int status = 0;
  pid_t ended = 0;
  while ((ended = reap_one(status)) > 0) {
    if (ended == command_) {
      note_end_of_command(status, now);
    }
  }
  childless_ = ended < 0 && errno == ECHILD;
  if (command_ == 0 && !is_over()) {
    ender_.terminate(now, kSurvivorGrace);
  }
}

void Supervision::note_end_of_command(int status, Microseconds now) {
  command_ = 0;
  ender_.leader_reaped();
  facts_.ended = wall_now();
  facts_.ran = now - started_;
  if (WIFSIGNALED(status)) {
    facts_.signal = WTERMSIG(status);
  } else {
    facts_.status = WEXITSTATUS(status);
  }
  if (const int error = start_errno(pipes_); error != 0) {
    facts_.start_error = sentence("cannot execute ", options_.command[0], error);
  }
}

void Supervision::handle_time() {
  std::uint64_t times = 0;
  armed_.reset();
  if (read(equipment_.timer.get(), &times, sizeof times) < 0 && errno != EAGAIN) {
    pause_for(10ms);
  }
  const auto now = boot_now();
  if (answers_.wants_another_try()) {
    pump_answers();
  }
  if (report_.wants_another_try()) {
    report_.try_again(wall_now());
  }
  check_limits(now);
  if (const auto when = ender_.wake_at(); when && *when <= now) {
    ender_.work(now);
    reap();
  }
  if (const auto stubborn = ender_.unkillable(now)) {
    report_.warn(sentence("process ", std::to_string(stubborn->first), stubborn->second) +
                     " (it survives KILL; the step cannot end before it does)",
                 wall_now());
  }
}

void Supervision::check_limits(Microseconds now) {
  if (ender_.is_ending() || command_ == 0) {
    return;
  }
  if (options_.timeout > 0us && now - started_ >= options_.timeout) {
    end_all("timeout", now);
  } else if (options_.silence > 0us && now - last_activity_ >= options_.silence) {
    end_all("silence", now);
  }
}

/// To the next moment at which something has to be done; none, no timer. A timer that comes too
/// early is armed again then.
void Supervision::arm_timer() {
  std::optional<Microseconds> next = ender_.wake_at();
  const auto consider = [&next](Microseconds when) { next = next ? std::min(*next, when) : when; };
  if (!ender_.is_ending() && options_.timeout > 0us) {
    consider(started_ + options_.timeout);
  }
  if (!ender_.is_ending() && options_.silence > 0us) {
    consider(last_activity_ + options_.silence);
  }
  if (answers_.wants_another_try() || report_.wants_another_try()) {
    consider(boot_now() + kTryAgain);
  }
  if (!next || (armed_ && *armed_ <= *next)) {
    return;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*next);
  const itimerspec time{{}, {seconds.count(), std::chrono::nanoseconds{*next - seconds}.count()}};
  if (timerfd_settime(equipment_.timer.get(), TFD_TIMER_ABSTIME, &time, nullptr) == 0) {
    armed_ = next;
  }
}

bool Supervision::is_over() const {
  return command_ == 0 && (childless_ || (options_.leave_running && !ender_.is_ending()));
}

/// The most important file there is: on a full disk old output gives way, then it is tried for some
/// seconds.
bool Supervision::write_exit_record() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  facts_.user = to_microseconds(usage.ru_utime);
  facts_.system = to_microseconds(usage.ru_stime);
  facts_.max_rss_kib = usage.ru_maxrss;
  facts_.survivors = ender_.survivors();
  report_.try_again(wall_now());
  const auto durable = nobody_listens(equipment_.listener) ? Durable::Yes : Durable::No;
  if (durable == Durable::Yes) {
    report_.sync();  // its length is in the record: what the disk loses of it, the reader notices
  }
  for (int tries = 0; tries < kRecordTries; ++tries) {
    report_.try_again(wall_now());
    facts_.report_bytes = report_.bytes();
    facts_.report_dropped = report_.dropped();
    facts_.output_bytes = output_.bytes();
    facts_.output_lost = output_.lost();
    if (write_record(
            equipment_.folder.get(), "exit.json", exit_record(options_.token, facts_), durable)) {
      return true;
    }
    output_.discard();
    pause_for(kRecordPause);
  }
  return false;
}

}  // namespace fat::shim

#include "fat/runner/supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <initializer_list>
#include <system_error>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat {

namespace {

constexpr Microseconds kLongLife = std::chrono::minutes{1};
constexpr int kNotStarted = 127;
constexpr Microseconds kLongestDelay = std::chrono::seconds{10};

Microseconds boot_time() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds{now.tv_sec} + Microseconds{now.tv_nsec / 1000};
}

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set{};
  sigemptyset(&set);
  for (const int signal : signals) {
    sigaddset(&set, signal);
  }
  return set;
}

/// How the engine ended.
struct Death {
  bool by_signal = false;
  int number = 0;  ///< signal or exit code

  /// Ctrl-C and SIGTERM before the engine could listen to them are a person's wish, not a death.
  bool by_person() const { return by_signal && (number == SIGINT || number == SIGTERM); }

  /// Its program was not to be had just then (no memory, no descriptor); the loader says so too.
  bool never_began() const { return !by_signal && number == kNotStarted; }

  bool is_worth_a_restart() const {
    return !by_person() && (by_signal || number == kEngineBug || never_began());
  }

  int exit_code() const {
    if (by_person()) {
      return kEngineStopped;
    }
    return number == kEngineBroken ? kEngineBug : number;
  }

  std::string text() const {
    if (never_began()) {
      return "could not be started";
    }
    return by_signal ? fmt::format("was killed by signal {} ({})", number, strsignal(number))
                     : "ended because of a bug of its own";
  }
};

class Supervisor {
 public:
  explicit Supervisor(const SupervisorSettings& settings) : settings_(settings) {
    sigprocmask(SIG_BLOCK, &set_, &before_);
    std::signal(SIGTSTP,
                SIG_IGN);  // Ctrl-Z would freeze who guards the bench; the engine inherits this
    signals_ = OwnedFd{signalfd(-1, &set_, SFD_CLOEXEC)};
    if (!signals_) {
      throw std::system_error{errno, std::generic_category(), "cannot watch signals"};
    }
  }

  ~Supervisor() {
    // What comes too late for the engine must not end us before the exit code is passed on.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    const timespec at_once{};
    while (sigtimedwait(&set_, nullptr, &at_once) > 0) {
    }
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  int run() {
    std::vector<int> died;
    for (int deaths = 0;;) {
      const auto began = boot_time();
      start(settings_.command(died));
      const auto death = wait_for_end();
      if (!death.is_worth_a_restart()) {
        return death.exit_code();
      }
      settings_.restore_terminal();
      const bool lived_long = boot_time() - began > kLongLife;
      deaths = lived_long ? 1 : deaths + 1;
      if (lived_long) {
        died.clear();
      }
      died.push_back(engine_);
      if (deaths >= settings_.give_up_after) {
        const auto text = fmt::format(
            "the engine {} {} times in a row; giving up. Running steps go on under "
            "their shims; `fatmaster resume` takes them over",
            death.text(),
            deaths);
        settings_.tell(text);
        if (settings_.gave_up) {
          settings_.gave_up(text);
        }
        return kEngineBug;
      }
      settings_.tell(fmt::format("the engine {}; starting it again", death.text()));
      pause(deaths);
    }
  }

 private:
  void start(const std::vector<std::string>& words) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (const auto& word : words) {
      argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    const pid_t self = getpid();
    engine_ = fork();
    if (engine_ < 0) {
      throw std::system_error{errno, std::generic_category(), "cannot start the engine"};
    }
    if (engine_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != self) {
        _exit(kEngineBug);
      }
      std::signal(SIGINT, SIG_DFL);
      std::signal(SIGTERM, SIG_DFL);
      sigprocmask(SIG_SETMASK, &before_, nullptr);
      if (wish_ != 0) {
        const auto until_it_listens = set_of({SIGINT, SIGTERM});
        sigprocmask(SIG_BLOCK, &until_it_listens, nullptr);
        raise(wish_);
      }
      execv(argv.front(), argv.data());
      _exit(kNotStarted);
    }
    if (wish_ == SIGINT) {
      wish_ = 0;  // told; the run itself remembers the stop
    }
  }

  Death wait_for_end() {
    for (;;) {
      int status = 0;
      const pid_t ended = waitpid(engine_, &status, WNOHANG);
      if (ended == engine_) {
        const bool by_signal = WIFSIGNALED(status);
        return {.by_signal = by_signal,
                .number = by_signal ? WTERMSIG(status) : WEXITSTATUS(status)};
      }
      if (ended < 0 && errno == EINTR) {
        continue;  // its SIGCHLD may be read already: nothing else would wake us
      }
      signalfd_siginfo signal{};
      if (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        pass_on(signal);
      }
    }
  }

  void pass_on(const signalfd_siginfo& signal) {
    const auto number = static_cast<int>(signal.ssi_signo);
    if (number == SIGTERM) {
      wish_ = SIGTERM;
    }
    // What the terminal sends goes to the engine too; only what was sent to us alone has to be
    // passed on.
    const bool for_us_alone = signal.ssi_code <= 0;
    if (number == SIGTERM || (number == SIGINT && for_us_alone)) {
      kill(engine_, number);
    }
  }

  void pause(int deaths) {
    auto delay = settings_.first_delay;
    for (int i = 1; i < deaths && delay < kLongestDelay; ++i) {
      delay *= 2;
    }
    delay = std::min(delay, kLongestDelay);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(delay);
    const timespec length{.tv_sec = seconds.count(), .tv_nsec = (delay - seconds).count() * 1000};
    const auto wake = set_of({SIGINT, SIGTERM});
    const int signal = sigtimedwait(&wake, nullptr, &length);
    if (signal > 0 && wish_ != SIGTERM) {
      wish_ = signal;
    }
  }

  const SupervisorSettings& settings_;
  const sigset_t set_ = set_of({SIGINT, SIGTERM, SIGHUP, SIGCHLD});
  sigset_t before_{};
  OwnedFd signals_;
  pid_t engine_ = -1;
  int wish_ = 0;  ///< SIGINT or SIGTERM: what the next engine hears first, once it listens
};

}  // namespace

int supervise(const SupervisorSettings& settings) {
  return Supervisor{settings}.run();
}

}  // namespace fat

// fat-step: stands between the scheduler and one command, and outlives the scheduler. See README.md
// beside this file.
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <span>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "runner/shim/options.hpp"
#include "runner/shim/records.hpp"
#include "runner/shim/standby.hpp"
#include "runner/shim/supervision.hpp"

namespace {

using fat::shim::Equipment;
using fat::shim::Options;

constexpr int kWrongUse = 64;
constexpr int kNoRecord = 70;
constexpr int kLock = 3;
constexpr int kListener = 4;

int complain(std::string_view text, int status) {
  std::string line{"fat-step: "};
  line += text;
  line += '\n';
  fat::shim::write_fully(STDERR_FILENO, line);
  return status;
}

/// Nothing inherited but 3 and 4 stays; the terminal of the scheduler is let go of.
bool settle_descriptors() {
  const int null = open("/dev/null", O_RDWR);  // lands on 0..2 when one of them is closed
  if (null < 0 || fcntl(kLock, F_SETFD, FD_CLOEXEC) != 0 ||
      fcntl(kListener, F_SETFD, FD_CLOEXEC) != 0) {
    return false;
  }
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (dup2(null, fd) < 0) {
      return false;
    }
  }
  return close_range(kListener + 1, ~0U, 0) == 0;
}

/// SIGCHLD, SIGTERM, SIGQUIT and SIGUSR1 are read from a descriptor; whatever else people send by
/// habit is not heard.
sigset_t settle_signals() {
  struct sigaction ignore {};

  ignore.sa_handler = SIG_IGN;
  for (const int number :
       {SIGHUP, SIGINT, SIGPIPE, SIGUSR2, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ}) {
    sigaction(number, &ignore, nullptr);
  }

  struct sigaction normal {};

  normal.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &normal, nullptr);  // ignored, children would vanish unseen
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGCHLD);
  sigaddset(&heard, SIGTERM);
  sigaddset(&heard, SIGQUIT);
  sigaddset(&heard, SIGUSR1);
  sigprocmask(SIG_SETMASK, &heard, nullptr);
  return heard;
}

bool settle_environment(const Options& options) {
  return setenv("FATMASTER_TOKEN", options.token.c_str(), 1) == 0 &&
         setenv("FATMASTER_REPORT_FD", "3", 1) == 0 && setenv("FATMASTER_ANSWER_FD", "4", 1) == 0;
}

/// All that needs no knowledge of the step. The lock and the listener, or what keeps their numbers
/// free, are open.
bool settle(Equipment& equipment, const sigset_t& heard) {
  using fat::OwnedFd;
  setsid();  // fails only for a group's first process, which is then nobody's foreground either
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !settle_descriptors()) {
    return false;
  }
  equipment.lock = kLock;
  equipment.listener = kListener;
  equipment.signals = OwnedFd{signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK)};
  equipment.timer = OwnedFd{timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)};
  return equipment.signals && equipment.timer;
}

int cannot_set_up(const Options& options) {
  return complain(fat::shim::sentence("cannot set up ", options.folder, errno), kNoRecord);
}

int run_step(const Options& options, Equipment& equipment) {
  equipment.folder = fat::OwnedFd{open(options.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!equipment.folder || !settle_environment(options)) {
    return cannot_set_up(options);
  }
  return fat::shim::Supervision{options, equipment}.run() ? EXIT_SUCCESS : kNoRecord;
}

int start_step(std::span<char*> words, const sigset_t& heard) {
  const auto parsed = fat::shim::parse_options(static_cast<int>(words.size()), words.data());
  if (!parsed.error.empty()) {
    return complain(parsed.error, kWrongUse);
  }
  if (fcntl(kLock, F_GETFD) < 0 || fcntl(kListener, F_GETFD) < 0) {
    return complain("descriptors 3 (lock) and 4 (listener) are not open", kWrongUse);
  }
  Equipment equipment;
  return settle(equipment, heard) ? run_step(parsed.options, equipment)
                                  : cannot_set_up(parsed.options);
}

int stand_by(std::span<char*> words, const sigset_t& heard) {
  fat::shim::Standby standby{words};
  Equipment equipment;
  const bool keeps_number = dup2(kLock, kListener) == kListener;  // until there is a listener
  if (!keeps_number || !settle(equipment, heard)) {
    return kNoRecord;
  }
  auto order = standby.wait(equipment.signals.get());
  if (!order) {
    return EXIT_SUCCESS;
  }
  const auto count = static_cast<int>(order->words.size()) - 1;
  auto parsed = fat::shim::parse_options(count, order->words.data());
  parsed.options.working_folder = order->folder;
  return parsed.error.empty() ? run_step(parsed.options, equipment) : kWrongUse;
}

}  // namespace

int main(int count, char** words) {
  const auto heard = settle_signals();
  const std::span given{words, static_cast<std::size_t>(count)};
  return fat::shim::is_standby(given) ? stand_by(given, heard) : start_step(given, heard);
}

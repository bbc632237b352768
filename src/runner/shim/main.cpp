// fat-step: stands between the scheduler and one command, and outlives the scheduler. See README.md
// beside this file.
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "runner/shim/options.hpp"
#include "runner/shim/records.hpp"
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

bool equip(Equipment& equipment, const Options& options, const sigset_t& heard) {
  using fat::OwnedFd;
  equipment.lock = kLock;
  equipment.listener = kListener;
  equipment.folder = OwnedFd{open(options.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  equipment.signals = OwnedFd{signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK)};
  equipment.timer = OwnedFd{timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)};
  return equipment.folder && equipment.signals && equipment.timer;
}

}  // namespace

int main(int count, char** words) {
  const auto heard = settle_signals();
  const auto parsed = fat::shim::parse_options(count, words);
  if (!parsed.error.empty()) {
    return complain(parsed.error, kWrongUse);
  }
  if (fcntl(kLock, F_GETFD) < 0 || fcntl(kListener, F_GETFD) < 0) {
    return complain("descriptors 3 (lock) and 4 (listener) are not open", kWrongUse);
  }
  setsid();  // fails only for a group's first process, which is then nobody's foreground either
  Equipment equipment;
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !settle_descriptors() ||
      !settle_environment(parsed.options) || !equip(equipment, parsed.options, heard)) {
    return complain(fat::shim::sentence("cannot set up ", parsed.options.folder, errno), kNoRecord);
  }
  return fat::shim::Supervision{parsed.options, equipment}.run() ? EXIT_SUCCESS : kNoRecord;
}

// While it lives, threads that are made get no signals: those are for the program's own.
#pragma once

#include <csignal>

#include <pthread.h>

namespace fat {

class SignalsAway {
 public:
  SignalsAway() {
    sigset_t all{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }

  ~SignalsAway() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  SignalsAway(const SignalsAway&) = delete;
  SignalsAway& operator=(const SignalsAway&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace fat

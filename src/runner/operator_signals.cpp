#include "runner/operator_signals.hpp"

#include <csignal>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace fat {

namespace asio = boost::asio;

struct OperatorSignals::Signals {
  explicit Signals(asio::io_context& loop) : set(loop, SIGINT, SIGTERM) {}

  asio::signal_set set;
};

OperatorSignals::OperatorSignals(asio::io_context& loop,
                                 Microseconds deadline,
                                 Say say,
                                 Status status)
    : signals_(std::make_unique<Signals>(loop)),
      deadline_timer_(loop),
      deadline_(deadline),
      say_(std::move(say)),
      status_(std::move(status)) {
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t listened_to{};
  sigemptyset(&listened_to);
  sigaddset(&listened_to, SIGINT);
  sigaddset(&listened_to, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &listened_to, nullptr);
  wait();
}

OperatorSignals::~OperatorSignals() = default;

void OperatorSignals::wait() {
  signals_->set.async_wait([this](auto error, int signal) {
    if (error) {
      return;
    }
    if (signal == SIGTERM) {
      terminate();
    } else {
      interrupt();
    }
    wait();
  });
}

void OperatorSignals::interrupt() {
  const auto status = status_();
  if (status != RunStatus::Stopping && status != RunStatus::Aborting) {
    presses_ = 0;
  }
  ++presses_;
  auto kind = VerbKind::Halt;
  if (presses_ <= 2) {
    kind = presses_ == 1 ? VerbKind::Stop : VerbKind::Abort;
  }
  say_(kind, "Ctrl-C", "Ctrl-C at the terminal");
}

void OperatorSignals::terminate() {
  say_(VerbKind::Stop, "SIGTERM", "the program was asked to end (SIGTERM)");
  if (std::exchange(terminating_, true)) {
    return;  // asked again: that puts nothing off
  }
  deadline_timer_.start(deadline_, [this] {
    say_(VerbKind::Abort,
         "SIGTERM",
         "the running step did not end before the deadline after SIGTERM");
  });
}

}  // namespace fat

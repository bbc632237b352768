// Real signals to this process -> verbs.
#include "runner/operator_signals.hpp"

#include <csignal>
#include <functional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/patience.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class Signals : public testing::Test {
 public:
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  ~Signals() override { std::signal(SIGHUP, SIG_DFL); }

 protected:
  Signals() : Signals(1h) {}

  explicit Signals(Microseconds deadline)
      : signals_(
            loop_,
            deadline,
            [this](VerbKind kind, const std::string& who, const auto&) {
              verbs_.push_back(kind);
              who_.push_back(who);
              status_ = kind == VerbKind::Stop ? RunStatus::Stopping : RunStatus::Aborting;
            },
            [this] { return status_; }) {}

  /// Runs the loop until so many verbs were said, five seconds at most.
  void wait_for(std::size_t verbs) {
    const auto bound = std::chrono::steady_clock::now() + kPatience;
    while (verbs_.size() < verbs && loop_.run_one_until(bound) > 0) {
    }
    EXPECT_EQ(verbs_.size(), verbs);
  }

  boost::asio::io_context loop_{1};
  std::vector<VerbKind> verbs_;
  std::vector<std::string> who_;
  RunStatus status_ = RunStatus::Running;
  OperatorSignals signals_;
};

class ImpatientSignals : public Signals {
 protected:
  ImpatientSignals() : Signals(300ms) {}
};

TEST_F(Signals, CtrlCStopsThenAbortsThenHalts) {
  for (const std::size_t press : {1U, 2U, 3U, 4U}) {
    std::raise(SIGINT);
    wait_for(press);
  }

  EXPECT_THAT(verbs_, ElementsAre(VerbKind::Stop, VerbKind::Abort, VerbKind::Halt, VerbKind::Halt));
  EXPECT_EQ(who_[0], "Ctrl-C");
}

TEST_F(Signals, CtrlCBeginsAnewWhenItsStopWasTakenBack) {
  std::raise(SIGINT);
  wait_for(1);

  status_ = RunStatus::Running;
  std::raise(SIGINT);
  wait_for(2);

  EXPECT_THAT(verbs_, ElementsAre(VerbKind::Stop, VerbKind::Stop));
}

TEST_F(ImpatientSignals, SigtermStopsAndAbortsAtTheDeadline) {
  std::raise(SIGTERM);

  wait_for(2);

  EXPECT_THAT(verbs_, ElementsAre(VerbKind::Stop, VerbKind::Abort));
}

TEST_F(ImpatientSignals, ASecondSigtermDoesNotPutTheDeadlineOff) {
  std::raise(SIGTERM);
  wait_for(1);
  const auto began = std::chrono::steady_clock::now();
  BootTimer again{loop_};
  again.repeat(100ms, [&] {
    if (verbs_.back() == VerbKind::Stop && verbs_.size() < 20) {
      std::raise(SIGTERM);
    }
  });

  while (verbs_.back() != VerbKind::Abort && loop_.run_one_until(began + kPatience) > 0) {
  }

  EXPECT_EQ(verbs_.back(), VerbKind::Abort);
}

TEST_F(Signals, GoesOnWithoutTheTerminal) {
  std::raise(SIGHUP);
  std::raise(SIGPIPE);

  std::raise(SIGTERM);
  wait_for(1);

  EXPECT_THAT(verbs_, ElementsAre(VerbKind::Stop));
}

TEST(SignalsAtTheStart, TakesASigtermThatCameBeforeItListened) {
  sigset_t terminate{}, before{};
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigprocmask(SIG_BLOCK, &terminate, &before);  // as the supervisor starts an engine
  std::raise(SIGTERM);
  boost::asio::io_context loop{1};
  std::vector<VerbKind> verbs;

  const OperatorSignals signals{
      loop,
      1h,
      [&](VerbKind kind, const auto&, const auto&) { verbs.push_back(kind); },
      [] { return RunStatus::Running; }};
  const auto bound = std::chrono::steady_clock::now() + kPatience;
  while (verbs.empty() && loop.run_one_until(bound) > 0) {
  }

  EXPECT_THAT(verbs, ElementsAre(VerbKind::Stop));
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace fat

// One service and a board of several: what a process does, and what people say -> its states.
#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fat/engine/service_board.hpp"

namespace fat {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ServiceEnd kCrash{.clean = false, .why = "exit status 3"};

ServiceEntry entry_of(const std::string& name, int order = 999) {
  ServiceEntry entry;
  entry.name = name;
  entry.order = order;
  return entry;
}

class ServiceOfOne : public testing::Test {
 protected:
  explicit ServiceOfOne() { entry_ = entry_of("camera"); }

  Service& service() {
    if (!service_) {
      service_.emplace(entry_, ServiceMemory{}, clock_.now());
    }
    return *service_;
  }

  ServicePhase phase() { return service().memory().phase; }

  void run_it() {
    service().launch("t", clock_.now());
    clock_.advance(seconds{1});
    service().tick(clock_.now());
  }

  void crash(const std::string& why = "exit status 3") {
    service().ended({.clean = false, .why = why}, clock_.now());
  }

  /// Through the back-off into the next start.
  Microseconds time_to_start() {
    Microseconds waited{0};
    while (!service().is_due_to_start(clock_.now()) && waited < hours{1}) {
      clock_.advance(milliseconds{100});
      waited += milliseconds{100};
    }
    return waited;
  }

  ManualClock clock_;
  ServiceEntry entry_;
  std::optional<Service> service_;
};

TEST_F(ServiceOfOne, CountsAsStartedWhenItHasStayedUp) {
  entry_.started_after = seconds{5};
  ASSERT_TRUE(service().is_due_to_start(clock_.now()));
  service().launch("t", clock_.now());

  clock_.advance(milliseconds{4999});
  service().tick(clock_.now());
  EXPECT_EQ(phase(), ServicePhase::Starting);
  clock_.advance(milliseconds{1});
  service().tick(clock_.now());

  EXPECT_EQ(phase(), ServicePhase::Running);
}

TEST_F(ServiceOfOne, IsEndedWhenItsLineDoesNotCome) {
  entry_.started_line = "ready";
  entry_.started_within = seconds{20};
  service().launch("t", clock_.now());
  clock_.advance(milliseconds{19'999});
  EXPECT_FALSE(service().tick(clock_.now()));
  clock_.advance(milliseconds{1});

  EXPECT_TRUE(service().tick(clock_.now()));
  EXPECT_EQ(phase(), ServicePhase::Stopping);
  crash("killed by signal 15");

  EXPECT_EQ(phase(), ServicePhase::Backoff);
  EXPECT_THAT(service().memory().why, HasSubstr("did not count as started within 20 s"));
}

TEST_F(ServiceOfOne, WaitsTwiceAsLongEachTimeAndIsFatalAfterThat) {
  entry_.restarts = 4;
  entry_.restart_delay = seconds{2};
  std::vector<Microseconds> waits;
  run_it();
  while (phase() == ServicePhase::Running) {
    crash();
    if (phase() == ServicePhase::Backoff) {
      waits.push_back(time_to_start());
      run_it();
    }
  }

  EXPECT_THAT(waits, ElementsAre(seconds{2}, seconds{4}, seconds{8}, seconds{16}));
  EXPECT_EQ(phase(), ServicePhase::Fatal);
  EXPECT_EQ(service().memory().why, "exit status 3");
  EXPECT_EQ(service().memory().restarted, 4);
  clock_.advance(hours{10});
  EXPECT_FALSE(service().is_due_to_start(clock_.now()));
}

TEST_F(ServiceOfOne, NeverWaitsLongerThanTheBound) {
  entry_.restarts = 1000;
  for (int i = 0; i < 40; ++i) {
    service().launch("t", clock_.now());
    crash();
    EXPECT_LE(time_to_start(), kLongestBackoff);
  }
}

TEST_F(ServiceOfOne, CountsAnewWhenItHasRunAWhile) {
  entry_.restarts = 2;
  for (int i = 0; i < 20; ++i) {
    time_to_start();
    run_it();
    clock_.advance(minutes{1});
    crash();

    EXPECT_EQ(phase(), ServicePhase::Backoff) << i;
    EXPECT_EQ(service().memory().failures, 1);
  }
}

TEST_F(ServiceOfOne, RestartsAsItsPolicySays) {
  struct Row {
    ServiceRestart policy;
    bool clean;
    ServicePhase then;
  };

  for (const auto& [policy, clean, then] :
       {Row{ServiceRestart::Never, true, ServicePhase::Exited},
        Row{ServiceRestart::Never, false, ServicePhase::Exited},
        Row{ServiceRestart::OnFailure, true, ServicePhase::Exited},
        Row{ServiceRestart::OnFailure, false, ServicePhase::Backoff},
        Row{ServiceRestart::Always, true, ServicePhase::Backoff},
        Row{ServiceRestart::Always, false, ServicePhase::Backoff}}) {
    entry_.restart = policy;
    service_.reset();
    run_it();

    service().ended({.clean = clean, .why = clean ? "" : "exit status 1"}, clock_.now());

    EXPECT_EQ(phase(), then) << to_string(policy) << clean;
  }
}

TEST_F(ServiceOfOne, HasFailedWhenItEndsBeforeItCountsAsStarted) {
  service().launch("t", clock_.now());

  service().ended({.clean = true, .why = ""}, clock_.now());

  EXPECT_EQ(phase(), ServicePhase::Backoff);
  EXPECT_EQ(service().memory().why, "exit status 0, before it counted as started");
}

TEST_F(ServiceOfOne, IsFatalAtOnceWhenItCannotBeLaunchedAndIsNotToBeRestarted) {
  entry_.restart = ServiceRestart::Never;
  service().launch("t", clock_.now());

  service().launch_failed("no such program", clock_.now());

  EXPECT_EQ(phase(), ServicePhase::Fatal);
}

TEST_F(ServiceOfOne, IsStoppedByAPersonAndStaysSo) {
  run_it();
  service().stop("anna", clock_.now());
  ASSERT_TRUE(service().is_due_to_end());
  service().end(clock_.now());
  crash("killed by signal 15");

  EXPECT_EQ(phase(), ServicePhase::Stopped);
  EXPECT_EQ(service().memory().why, "");
  clock_.advance(hours{100});
  EXPECT_FALSE(service().is_due_to_start(clock_.now()));
  const Service next{entry_, service().memory(), clock_.now()};
  EXPECT_FALSE(next.is_due_to_start(clock_.now()));
  EXPECT_EQ(next.memory().who, "anna");
}

TEST_F(ServiceOfOne, IsStartedAgainByAPersonWhenItIsFatal) {
  entry_.restarts = 0;
  run_it();
  crash();
  ASSERT_EQ(phase(), ServicePhase::Fatal);

  service().start("anna", clock_.now());

  EXPECT_TRUE(service().is_due_to_start(clock_.now()));
  EXPECT_EQ(service().memory().failures, 0);
}

TEST_F(ServiceOfOne, ComesBackWhenAPersonStartsItWhileItStops) {
  run_it();
  service().stop("anna", clock_.now());
  service().end(clock_.now());
  service().start("ben", clock_.now());
  crash("killed by signal 15");

  EXPECT_TRUE(service().is_due_to_start(clock_.now()));
  EXPECT_EQ(service().memory().failures, 0);
}

TEST_F(ServiceOfOne, IsToldToEndAgainOnlyWhenTheOrderSeemsLost) {
  entry_.stop_within = seconds{10};
  run_it();
  service().stop("anna", clock_.now());
  service().end(clock_.now());

  Service next{entry_, service().memory(), clock_.now()};  // the station process died here
  clock_.advance(milliseconds{14'999});
  EXPECT_FALSE(next.tick(clock_.now()));
  clock_.advance(milliseconds{1});
  EXPECT_TRUE(next.tick(clock_.now()));
  EXPECT_FALSE(next.tick(clock_.now()));
}

TEST_F(ServiceOfOne, BeginsAnewAfterAReboot) {
  entry_.restarts = 0;
  run_it();
  crash();
  ASSERT_EQ(phase(), ServicePhase::Fatal);
  clock_.reboot("boot-2");

  const Service next{entry_, service().memory(), clock_.now()};

  EXPECT_TRUE(next.is_due_to_start(clock_.now()));
}

TEST_F(ServiceOfOne, TakesARebootForNoFailure) {
  run_it();
  clock_.reboot("boot-2");
  Service next{entry_, service().memory(), clock_.now()};

  next.ended({.clean = false, .why = "it ended without an exit record"}, clock_.now());

  EXPECT_EQ(next.memory().failures, 0);
  EXPECT_TRUE(next.is_due_to_start(clock_.now()));
}

TEST_F(ServiceOfOne, ThatCannotBeLookedAtIsUnknownUntilItCan) {
  run_it();
  service().is_unknown("its process 7 cannot be ended", clock_.now());
  EXPECT_EQ(phase(), ServicePhase::Unknown);
  EXPECT_FALSE(service().is_due_to_start(clock_.now()));

  crash("gone");

  EXPECT_EQ(phase(), ServicePhase::Backoff);
}

class Board : public testing::Test {
 protected:
  Board() {
    board_.emplace(std::vector{entry_of("late", 300), entry_of("first", 100), entry_of("mid", 200)},
                   std::vector<ServiceState>{},
                   "n",
                   clock_.now());
  }

  /// "+first -late"
  std::string orders() {
    std::string text;
    for (const auto& order : board_->evaluate(clock_.now())) {
      text += text.empty() ? "" : " ";
      text += order.kind == ServiceOrder::Kind::Launch ? "+" : "-";
      text += board_->at(order.place).entry().name;
    }
    return text;
  }

  std::string orders_after(Microseconds span) {
    clock_.advance(span);
    return orders();
  }

  void tell_all(ServiceVerb verb) {
    for (const auto place : board_->meant_by("all")) {
      board_->tell(place, verb, "anna", clock_.now());
    }
  }

  void end(const std::string& name) {
    board_->at(board_->meant_by(name).front()).ended(kCrash, clock_.now());
  }

  void start_all() {
    EXPECT_EQ(orders(), "+first");
    EXPECT_EQ(orders(), "");
    EXPECT_EQ(orders_after(seconds{1}), "+mid");
    EXPECT_EQ(orders_after(seconds{1}), "+late");
    EXPECT_EQ(orders_after(seconds{1}), "");
  }

  ManualClock clock_;
  std::optional<ServiceBoard> board_;
};

TEST_F(Board, StartsInOrderEachWhenTheFormerCountsAsStarted) {
  start_all();

  EXPECT_FALSE(board_->is_in_transit());
}

TEST_F(Board, NeedNotBeLookedAtOftenWhileNothingIsToCome) {
  EXPECT_EQ(board_->wake_after(clock_.now()), milliseconds{100});
  start_all();
  EXPECT_EQ(board_->wake_after(clock_.now()), seconds{1});
  end("mid");

  EXPECT_TRUE(board_->is_in_transit());
  EXPECT_EQ(board_->wake_after(clock_.now()), seconds{1});
  clock_.advance(milliseconds{700});
  EXPECT_EQ(board_->wake_after(clock_.now()), milliseconds{300});
}

TEST_F(Board, WaitsForAFormerOneNoLongerThanItsBound) {
  EXPECT_EQ(orders(), "+first");
  clock_.advance(milliseconds{500});
  end("first");  // again and again, in its back-off
  EXPECT_EQ(orders_after(milliseconds{29'400}), "+first");

  EXPECT_EQ(orders_after(milliseconds{99}), "");
  EXPECT_EQ(orders_after(milliseconds{1}), "+mid");
}

TEST_F(Board, StopsInReverseEachWhenTheFormerIsGone) {
  start_all();
  tell_all(ServiceVerb::Stop);

  EXPECT_EQ(orders(), "-late");
  EXPECT_EQ(orders_after(seconds{3}), "");
  end("late");
  EXPECT_EQ(orders(), "-mid");
  end("mid");
  EXPECT_EQ(orders(), "-first");
  end("first");

  EXPECT_EQ(orders_after(hours{1}), "");
  EXPECT_FALSE(board_->is_in_transit());
}

TEST_F(Board, WaitsForOneThatDoesNotStopNoLongerThanItsBound) {
  start_all();
  tell_all(ServiceVerb::Stop);
  EXPECT_EQ(orders(), "-late");

  EXPECT_EQ(orders_after(seconds{14}), "");
  EXPECT_EQ(orders_after(seconds{1}), "-late -mid");
}

TEST_F(Board, RestartsInReverseAndThenInOrder) {
  start_all();
  tell_all(ServiceVerb::Restart);

  EXPECT_EQ(orders(), "-late");
  end("late");
  EXPECT_EQ(orders(), "-mid");
  end("mid");
  EXPECT_EQ(orders(), "-first");
  EXPECT_EQ(orders(), "");
  end("first");
  start_all();
}

TEST_F(Board, LeavesOthersAloneWhenOneIsRestarted) {
  start_all();
  board_->tell(0, ServiceVerb::Restart, "anna", clock_.now());
  EXPECT_EQ(orders(), "-first");
  end("first");

  EXPECT_EQ(orders(), "+first");
  EXPECT_EQ(orders_after(seconds{5}), "");
}

TEST_F(Board, EndsWhatStationIniHasNoMore) {
  start_all();
  ServiceBoard next{{entry_of("first"), entry_of("mid")},
                    board_->state(clock_.now()).services,
                    "m",
                    clock_.now()};

  const auto orders = next.evaluate(clock_.now());

  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders.front().kind, ServiceOrder::Kind::End);
  EXPECT_EQ(next.at(orders.front().place).entry().name, "late");
}

TEST_F(Board, KnowsWhoIsMeant) {
  std::vector<ServiceEntry> entries{entry_of("camera"), entry_of("rates"), entry_of("web")};
  entries[0].group = entries[1].group = "daq";
  const ServiceBoard board{entries, {}, "n", clock_.now()};

  EXPECT_THAT(board.meant_by("daq:*"), ElementsAre(0, 1));
  EXPECT_THAT(board.meant_by("daq:rates"), ElementsAre(1));
  EXPECT_THAT(board.meant_by("rates"), ElementsAre(1));
  EXPECT_THAT(board.meant_by("all"), ElementsAre(0, 1, 2));
  EXPECT_THAT(board.meant_by("daq"), IsEmpty());
  EXPECT_THAT(board.meant_by("web:*"), IsEmpty());
}

TEST(ServiceVerbs, HaveWordsThatParseBack) {
  for (const auto verb : {ServiceVerb::Start, ServiceVerb::Stop, ServiceVerb::Restart}) {
    EXPECT_EQ(parse_service_verb(to_string(verb)), verb);
  }
  EXPECT_EQ(parse_service_verb("dance"), std::nullopt);
  EXPECT_EQ(parse_service_verb(""), std::nullopt);
}

TEST_F(ServiceOfOne, IsNotLaunchedTwiceNorEndedWithoutAProcess) {
  EXPECT_THROW(service().end(clock_.now()), std::logic_error);
  run_it();

  EXPECT_THROW(service().launch("again", clock_.now()), std::logic_error);
  crash();
  const auto phase_then = phase();
  crash();  // said twice
  EXPECT_EQ(phase(), phase_then);
}

TEST_F(Board, StartsAgainWhatAPersonHasStopped) {
  start_all();
  const auto place = board_->meant_by("mid").front();
  board_->tell(place, ServiceVerb::Stop, "anna", clock_.now());
  EXPECT_EQ(orders(), "-mid");
  end("mid");
  EXPECT_EQ(orders_after(hours{1}), "");

  board_->tell(place, ServiceVerb::Start, "anna", clock_.now());

  EXPECT_EQ(orders(), "+mid");
}

}  // namespace
}  // namespace fat

// Whole runs through the real loop: steps in order, questions, verbs, a journal that refuses.
#include "fat/runner/run_loop.hpp"

#include <thread>

#include "fat/runner/control_client.hpp"
#include "runner/loop_fixture.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Loop : public LoopTest {};

TEST_F(Loop, RunsOneStepAfterTheOtherAndCompletes) {
  add("a", "echo a >> order");
  add("b", "echo b >> order");

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "a\nb\n");
  EXPECT_THAT(story(),
              ElementsAre("started a", "ended a done", "started b", "ended b done", "completed"));
  EXPECT_EQ(observer_.events.size(), journal_.all().size());
  EXPECT_THAT(observer_.alarms, IsEmpty());
  ASSERT_THAT(record_.written, testing::Not(IsEmpty()));
  EXPECT_EQ(record_.written.back().status, RunStatus::Completed);
}

TEST_F(Loop, MakesAnEndAndTheNextStartDurableAtOnce) {
  add("a", "true");
  add("b", "true");

  run();

  EXPECT_EQ(journal_.appends(), 4);  // opening; start a; end a + start b; end b + end of the run
}

/// Waits until another shim than its own stands by, and says which.
const std::string kLookForStandby = R"(
scheduler=$(awk '/^PPid/ {print $2}' /proc/$PPID/status)
while :; do
  for child in $(cat /proc/$scheduler/task/*/children); do
    [ $child != $PPID ] && [ -e /proc/$child/fd/6 ] && grep -q '^State:.S' /proc/$child/status &&
      echo $child > standby && break 2
  done
  sleep 0.01
done)";

/// Processes below this one that live.
std::vector<pid_t> living_children() {
  std::vector<pid_t> found;
  for (const auto& process : descendants_of(getpid())) {
    if (is_alive(process)) {
      found.push_back(process.id);
    }
  }
  return found;
}

TEST_F(Loop, StartsTheShimOfTheNextStepWhileOneRuns) {
  add("a", kLookForStandby);
  add("b", "echo $PPID > shim");

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_THAT(content_of(folder_ / "standby"), testing::MatchesRegex("[0-9]+\n"));
  EXPECT_EQ(content_of(folder_ / "shim"), content_of(folder_ / "standby"));
  EXPECT_THAT(living_children(), IsEmpty());
}

TEST_F(Loop, NobodyStandsByWhileNoStepRuns) {
  add("a", kLookForStandby + "\nfalse");
  when_status(RunStatus::Paused, [this] {
    EXPECT_THAT(living_children(), IsEmpty());
    ask({.kind = VerbKind::Stop});
  });

  EXPECT_EQ(run(), RunStatus::Stopped);
}

TEST_F(Loop, CompletesAnEmptySchedule) {
  EXPECT_EQ(run(), RunStatus::Completed);
}

TEST_F(Loop, PausesAfterAFailureAndGoesOnWithTheAnswer) {
  add("a", "test -e mended");
  add("b", "true");
  when_status(RunStatus::Paused, [this] {
    write_to(folder_ / "mended", "");
    EXPECT_TRUE(answer("retry").accepted);
  });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_THAT(story(),
              ElementsAre("started a",
                          "ended a errored",
                          "paused",
                          "prompt_opened",
                          "prompt_answered",
                          "step_reopened",
                          "continued",
                          "started a",
                          "ended a done",
                          "started b",
                          "ended b done",
                          "completed"));
}

TEST_F(Loop, ACommandThatCannotBeSplitIsAFailureOfTheStep) {
  add("a", "note 'gain").shell = false;
  when_status(RunStatus::Paused, [this] { ask({.kind = VerbKind::Stop}); });

  EXPECT_EQ(run(), RunStatus::Stopped);

  EXPECT_EQ(stored<AttemptEnded>().at(0).cause, EndCause::Refused);
}

TEST_F(Loop, WaitsOnTheClockAndAsksAPerson) {
  Step wait;
  wait.title = "cool down";
  wait.kind = StepKind::Wait;
  wait.arguments = {{.name = "duration", .value = "50 ms"}};
  Step question;
  question.title = "door";
  question.kind = StepKind::Prompt;
  question.arguments = {{.name = "message", .value = "Door shut?"}};
  plan_.steps = {wait, question};
  when_status(RunStatus::Waiting, [this] {
    EXPECT_THAT(record_.written, testing::Not(IsEmpty()));
    EXPECT_EQ(loop_->summary().prompts.at(0).text, "Door shut?");
    EXPECT_FALSE(answer("perhaps").accepted);
    EXPECT_TRUE(answer("yes").accepted);
  });

  EXPECT_EQ(run(), RunStatus::Completed);

  const auto ends = stored<AttemptEnded>();
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_EQ(ends[0].cause, EndCause::Waited);
  EXPECT_GE(ends[0].ran, 50ms);
  EXPECT_EQ(ends[1].cause, EndCause::Answered);
}

TEST_F(Loop, AStepMayAskAndGetsItsAnswer) {
  add("a",
      "echo '{\"prompt\":{\"text\":\"Which?\",\"kind\":\"text\"}}' >&3; read -r x <&4; "
      "printf '%s\\n' \"$x\" > order");
  when([this] { return !loop_->summary().prompts.empty(); },
       [this] { EXPECT_TRUE(answer("the \"left\" one").accepted); });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "{\"prompt\":1,\"value\":\"the \\\"left\\\" one\"}\n");
}

TEST_F(Loop, KeepsWhatAStepMeasuredTogetherWithItsEnd) {
  add("a", R"(echo '{"measurement":{"module":"m","name":"gain","value":2}}' >&3)");

  EXPECT_EQ(run(), RunStatus::Completed);

  ASSERT_EQ(stored<AttemptReported>().size(), 1U);
  EXPECT_EQ(stored<AttemptReported>()[0].measurements.at(0).value, 2);
}

TEST_F(Loop, ProgressIsSeenAndNeverStored) {
  add_patient("a").command.insert(0, R"(echo '{"progress":0.5,"text":"half"}' >&3; )");
  when([this] { return !loop_->summary().open.empty() && loop_->summary().open[0].progress; },
       [this] { release("a"); });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_THAT(stored<AttemptReported>(), IsEmpty());
}

TEST_F(Loop, AnswersVerbsOnTheSocketWhileAStepRuns) {
  add_patient("a");
  std::vector<std::string> replies;
  std::thread client;
  when_running("a", [&] {
    client = std::thread{[&, socket = settings_.socket] {
      const auto status = ask_scheduler(socket, "GET", "/v1/status", "");
      replies.push_back(status ? status->body : "nobody");
      const auto stop = ask_scheduler(
          socket, "POST", "/v1/verb", to_json_text(Verb{.kind = VerbKind::Stop, .who = "bob"}));
      replies.push_back(stop ? stop->body : "nobody");
    }};
  });
  when_status(RunStatus::Stopping, [this] { release("a"); });

  EXPECT_EQ(run(), RunStatus::Stopped);

  client.join();
  EXPECT_THAT(replies, ElementsAre(HasSubstr("\"running\""), HasSubstr("when step 'a' has ended")));
  EXPECT_EQ(stored<StopRequested>().size(), 1U);
}

TEST_F(Loop, TheAnswerToAVerbThatEndsTheRunArrives) {
  add("a", "false");
  std::string reply;
  std::thread client;
  when_status(RunStatus::Paused, [&] {
    client = std::thread{[&, socket = settings_.socket] {
      const auto stop = ask_scheduler(
          socket, "POST", "/v1/verb", to_json_text(Verb{.kind = VerbKind::Stop, .who = "bob"}));
      reply = stop ? stop->body : "nobody";
    }};
  });

  EXPECT_EQ(run(), RunStatus::Stopped);

  client.join();
  EXPECT_THAT(reply, HasSubstr("the run stops now"));
}

TEST_F(Loop, AbortEndsTheRunningStep) {
  add_patient("a");
  add("b", "echo b >> order");
  when_running("a", [this] { ask({.kind = VerbKind::Abort}); });

  EXPECT_EQ(run(), RunStatus::Aborted);

  EXPECT_EQ(order(), "");
  EXPECT_EQ(stored<AttemptEnded>().at(0).outcome, Outcome::Aborted);
}

TEST_F(Loop, CtrlCStopsAndASecondOneAborts) {
  add_patient("a");
  when_running("a", [] { raise(SIGINT); });
  when_status(RunStatus::Stopping, [] { raise(SIGINT); });

  EXPECT_EQ(run(), RunStatus::Aborted);
}

TEST_F(Loop, SigtermAbortsAtTheDeadline) {
  settings_.stop_deadline = 100ms;
  add_patient("a");
  when_running("a", [] { raise(SIGTERM); });

  EXPECT_EQ(run(), RunStatus::Aborted);

  EXPECT_EQ(stored<StopRequested>().size(), 1U);
}

TEST_F(Loop, StartsNothingWhileTheJournalRefusesAndGoesOnByItself) {
  add_patient("a");
  add("b", "echo b >> order");
  when_running("a", [this] {
    journal_.refuse_writes(true);
    release("a");
  });
  when_status(RunStatus::Suspended, [this] {
    EXPECT_THAT(loop_->summary().why, HasSubstr("the journal cannot be written"));
  });
  when([this] { return journal_.refused() >= 2; },
       [this] {
         EXPECT_FALSE(std::filesystem::exists(attempt_of("b")));
         EXPECT_EQ(record_.written.back().status, RunStatus::Running);
         journal_.refuse_writes(false);
       });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "a\nb\n");
  EXPECT_THAT(observer_.alarms,
              ElementsAre(HasSubstr("no step starts until it can"), HasSubstr("goes on")));
  EXPECT_THAT(story(),
              ElementsAre("started a", "ended a done", "started b", "ended b done", "completed"));
}

TEST_F(Loop, SaysThatAVerbIsNotYetRecorded) {
  add_patient("a");
  when_running("a", [this] {
    journal_.refuse_writes(true);
    EXPECT_THAT(ask({.kind = VerbKind::Stop}).text, HasSubstr("not yet recorded"));
    journal_.refuse_writes(false);
    release("a");
  });

  EXPECT_EQ(run(), RunStatus::Stopped);
}

TEST_F(Loop, AbortsAStepAlthoughTheJournalRefuses) {
  add_patient("a");
  when_running("a", [this] {
    journal_.refuse_writes(true);
    ask({.kind = VerbKind::Abort});
  });
  when([this] { return std::filesystem::exists(attempt_of("a") / "exit.json"); },
       [this] { journal_.refuse_writes(false); });

  EXPECT_EQ(run(), RunStatus::Aborted);
}

TEST_F(Loop, NeverStartsAStepThatWasAbortedBeforeItsIntentWasDurable) {
  add_patient("a");
  add("b", "echo b >> order");
  when_running("a", [this] {
    journal_.refuse_writes(true);
    release("a");
  });
  when_status(RunStatus::Suspended, [this] {
    EXPECT_TRUE(ask({.kind = VerbKind::Abort}).accepted);
    journal_.refuse_writes(false);
  });

  EXPECT_EQ(run(), RunStatus::Aborted);

  EXPECT_EQ(order(), "a\n");
  EXPECT_FALSE(std::filesystem::exists(attempt_of("b")));
  EXPECT_THAT(story(),
              ElementsAre("started a",
                          "ended a done",
                          "started b",
                          "abort_requested",
                          "ended b aborted",
                          "aborted"));
}

/// Refuses for longer than the engine waits for a safe action, in a few milliseconds.
class LeapingClock : public SystemClock {
 public:
  Instant now() const override {
    auto now = SystemClock::now();
    now.boot += leap;
    now.wall += leap;
    return now;
  }

  Microseconds leap{0};
};

TEST_F(Loop, RunsTheWholeSafeStateInTurnAlthoughTheJournalRefusedItForLong) {
  add_patient("a");
  for (const auto* title : {"laser off", "hv off"}) {
    auto& action = add(title, fmt::format("echo '{}' >> order", title));
    action.timeout = 60s;
    plan_.safe_state.push_back(std::move(action));
    plan_.steps.pop_back();
  }
  LeapingClock clock;
  when_running("a", [&] { ask({.kind = VerbKind::Stop}); });
  when_status(RunStatus::Stopping, [&] {
    journal_.refuse_writes(true);
    release("a");
  });
  when([&] { return journal_.refused() >= 1; }, [&] { clock.leap = 1h; });
  when([&] { return journal_.refused() >= 2; }, [&] { journal_.refuse_writes(false); });

  EXPECT_EQ(run(clock), RunStatus::Stopped);

  EXPECT_EQ(order(), "a\nlaser off\nhv off\n");
}

TEST_F(Loop, RunsASafeActionAlthoughFoldersOfItExistThatTheJournalDoesNotKnow) {
  add("a", "true");
  plan_.safe_state = {add("laser off", "echo 'laser off' >> order")};
  plan_.steps.pop_back();
  for (const int attempt : {1, 2}) {
    std::filesystem::create_directories(
        attempt_folder(folder_ / "run",
                       {.list = StepList::SafeState, .title = "laser off", .attempt = attempt},
                       0));
  }

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "laser off\n");
}

TEST_F(Loop, StoresTheMessageOfEveryEventWithItAndNeverTwice) {
  add("a", "true");
  add_patient("b");
  when_running("b", [this] {
    journal_.refuse_writes(true);
    release("b");
  });
  when([this] { return journal_.refused() >= 2; }, [this] { journal_.refuse_writes(false); });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(told(), stored_kinds());
}

TEST_F(Loop, DoesNotStoreAStartThatCannotFollow) {
  add("a", "true");
  run();
  const auto stored = journal_.all().size();
  const std::vector<Event> opening{
      {.run = 12, .at = clock_.now(), .who = "anna", .body = RunOpened{}}};
  make_loop(clock_);

  EXPECT_THROW(loop_->run(opening, nullptr), std::logic_error);

  EXPECT_EQ(journal_.all().size(), stored);
}

TEST_F(Loop, WritesNothingIntoTheRunJsonThatIsNotDurable) {
  settings_.record_interval = 1ms;
  add_patient("a");
  add("b", "true");
  when_running("a", [this] {
    record_.written.clear();
    record_.on_write = [this] { EXPECT_NE(loop_->summary().status, RunStatus::Suspended); };
    journal_.refuse_writes(true);
    release("a");
  });
  when([this] { return journal_.refused() >= 2; }, [this] { journal_.refuse_writes(false); });

  EXPECT_EQ(run(), RunStatus::Completed);
}

TEST_F(Loop, ADamagedJournalEndsTheEngine) {
  class Damaged : public MemoryJournal {
   public:
    void append(const std::vector<Event>&,
                const PlanRecord*,
                const std::vector<Message>&) override {
      throw JournalError{JournalFault::Damaged, "row 7 is damaged"};
    }
  } damaged;

  RunCampaign campaign{plan_};
  RunLoopSettings settings;
  settings.socket = folder_ / "s";
  RunLoop loop{{.campaign = campaign,
                .journal = damaged,
                .clock = clock_,
                .record = record_,
                .observers = {}},
               settings};

  EXPECT_THROW(loop.run({}, nullptr), JournalError);
}

TEST_F(Loop, WatchesATerminalUntilItEnds) {
  add_patient("a");
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  const OwnedFd reading{pipe_ends[0]};
  OwnedFd writing{pipe_ends[1]};
  std::string heard;
  when_running("a", [&] {
    loop_->watch(reading.get(), [&] {
      char letter = 0;
      if (read(reading.get(), &letter, 1) != 1) {
        release("a");
        return false;
      }
      heard += letter;
      return true;
    });
    EXPECT_EQ(write(writing.get(), "xy", 2), 2);
    writing.reset();
  });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(heard, "xy");
}

}  // namespace
}  // namespace fat

// Steps that run while a module is in quarantine: the run JSON they get, and that nothing of it is
// lost.
#include <fstream>

#include <gmock/gmock.h>

#include "runner/loop_fixture.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RunJsonCopies : public LoopTest {
 protected:
  RunJsonCopies() {
    plan_.modules = {{.serial = "m1"}, {.serial = "m2"}};
    plan_.run_file = (folder_ / "run_00012.json").string();
    add("a", R"(echo '{"module":"m2","state":"unresponsive","reason":"silent"}' >&3)");
  }

  static void die() { throw SchedulerDies{}; }

  static constexpr const char* kLook =
      "echo $FATMASTER_MODULES > seen; cat $FATMASTER_RUN_JSON >> seen";
};

TEST_F(RunJsonCopies, AStepIsToldOfTheOthersOnlyAndItsWordsComeHomeBeforeItsEnd) {
  add("b", kLook);
  bool ended_first = false;
  record_.on_take_back = [&] { ended_first = stored<AttemptEnded>().size() > 1; };

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(content_of(folder_ / "seen"), "[\"m1\"]\n{}");
  EXPECT_THAT(record_.asked_for, ElementsAre(Field(&AttemptStarted::without, ElementsAre("m2"))));
  EXPECT_THAT(record_.taken_back, ElementsAre(attempt_of("b")));
  EXPECT_FALSE(ended_first);
  EXPECT_EQ(stored<ModuleQuarantined>().at(0).attempt->title, "a");
}

TEST_F(RunJsonCopies, WithoutOneNoStepBeginsButASafeActionDoes) {
  add("b", kLook).on_failure = OnFailure::Stop;
  plan_.safe_state = {add("hv off", kLook)};
  plan_.steps.pop_back();
  record_.refuses_text = true;
  std::ofstream{plan_.run_file} << "the real one";

  EXPECT_EQ(run(), RunStatus::Stopped);

  EXPECT_THAT(stored<AttemptEnded>().at(1).reason, HasSubstr("no run JSON of its own"));
  EXPECT_EQ(content_of(folder_ / "seen"), "[\"m1\",\"m2\"]\nthe real one");
  EXPECT_EQ(stored<AttemptEnded>().back().outcome, Outcome::Done);
}

TEST_F(RunJsonCopies, WhatCannotBeTakenBackHoldsTheEndUpAndIsSaid) {
  add("b", kLook);
  add("c", "true");
  int tries = 0;
  record_.on_take_back = [&] {
    record_.refuses = ++tries == 1;
    EXPECT_THAT(stored<AttemptStarted>(), SizeIs(tries <= 2 ? 2 : 3));
  };

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(tries, 3);
  EXPECT_THAT(story().back(), "completed");
}

TEST_F(RunJsonCopies, AHarvestedStepsWordsComeHomeToo) {
  add_patient("b");
  when_running("b", die);
  run_until_death();
  const auto start = parse_start_record(content_of(attempt_of("b") / "start.json"));
  release("b");
  ASSERT_TRUE(start && ends(start->shim.pid));
  EXPECT_THAT(record_.taken_back, IsEmpty());

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_THAT(record_.taken_back, ElementsAre(attempt_of("b")));
}

}  // namespace
}  // namespace fat

// A bench whose guard holds the steps up, and what a run makes of it.
#include "runner/bench_hold.hpp"

#include "runner/loop_fixture.hpp"

namespace fat {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ScriptedGuard : public BenchGuard {
 public:
  BenchWord ask(const Instant& /*now*/) override { return word; }

  BenchWord word;
};

class HeldLoop : public LoopTest {
 public:
  HeldLoop() { guard_ = &the_guard_; }

 protected:
  std::vector<std::string> logged() const {
    std::vector<std::string> texts;
    for (const auto& entry : stored<Logged>()) {
      texts.push_back(entry.text);
    }
    return texts;
  }

  ScriptedGuard the_guard_;
};

TEST_F(HeldLoop, StartsNoStepBeforeTheGuardHasNothingAgainstIt) {
  add("a", "echo a >> order");
  the_guard_.word.objection = "interlock heating is tripped: 274 K";
  when_status(RunStatus::Suspended, [this] {
    EXPECT_FALSE(is_running("a"));
    EXPECT_THAT(loop_->summary().why, HasSubstr("interlock heating is tripped"));
    the_guard_.word.objection.clear();
  });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "a\n");
  EXPECT_THAT(observer_.alarms,
              ElementsAre(HasSubstr("no step begins: interlock heating"),
                          HasSubstr("nothing holds the steps up")));
}

TEST_F(HeldLoop, LetsTheRunningStepEndAndHoldsTheNext) {
  add_patient("a");
  add("b", "echo b >> order");
  when_running("a", [this] {
    the_guard_.word.objection = "nobody watches";
    release("a");
  });
  when_status(RunStatus::Suspended, [this] {
    EXPECT_EQ(order(), "a\n");
    the_guard_.word.objection.clear();
  });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "a\nb\n");
}

// Whatever speaks against the next step speaks for making the bench safe.
TEST_F(HeldLoop, RunsTheSafeStateAllTheSame) {
  add("a", "true");
  Step safe;
  safe.title = "off";
  safe.command = "echo off >> order";
  safe.shell = true;
  safe.recovery = Recovery::Rerun;
  plan_.safe_state.push_back(safe);
  the_guard_.word.objection = "hot";
  when_status(RunStatus::Suspended, [this] {
    EXPECT_TRUE(ask({.kind = VerbKind::Abort, .who = {}, .step = {}}).accepted);
  });

  EXPECT_EQ(run(), RunStatus::Aborted);

  EXPECT_EQ(order(), "off\n");
}

TEST_F(HeldLoop, WritesDownWhichStepsRanUnderAnOverride) {
  add("a", "true");
  add_patient("b");
  add("c", "true");
  when_running("b", [this] { the_guard_.word.overrides = {"interlock heating by anna: by hand"}; });
  when([this] { return !logged().empty(); }, [this] { release("b"); });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_THAT(logged(),
              ElementsAre(HasSubstr("step 'b' runs under an override: interlock heating by anna"),
                          HasSubstr("step 'c' runs under an override")));
  EXPECT_THAT(logged(), Not(Contains(HasSubstr("'a'"))));
  EXPECT_THAT(observer_.alarms, IsEmpty());
}

}  // namespace
}  // namespace fat

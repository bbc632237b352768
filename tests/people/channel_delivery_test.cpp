// When one channel's messages go out, played on a manual clock.
#include "people/channel_delivery.hpp"

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"

namespace fat {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr PostResult delivered() {
  return {.outcome = PostOutcome::Delivered, .retry_after = {}, .why = {}};
}

PostResult failed(const std::string& why = "HTTP 500",
                  std::optional<Microseconds> retry_after = std::nullopt) {
  return {.outcome = PostOutcome::TryLater, .retry_after = retry_after, .why = why};
}

class Deliveries : public testing::Test {
 protected:
  Deliveries() {
    setenv("TZ", "UTC", 1);
    tzset();
  }

  void queue(const std::string& text, const std::string& fault = "", int run = 12) {
    waiting_.push_back({.id = ++last_,
                        .message = {.channel = "slack",
                                    .run = run,
                                    .at = clock_.now().wall,
                                    .urgency = fault.empty() ? Urgency::Info : Urgency::Warning,
                                    .text = text,
                                    .fault = fault}});
  }

  void settle(const std::vector<std::int64_t>& messages) {
    std::erase_if(waiting_, [&](const auto& stored) {
      return std::ranges::find(messages, stored.id) != messages.end();
    });
  }

  NextDelivery next() {
    auto next = delivery_.next(waiting_, clock_.now());
    settle(next.repeated);
    if (next.post) {
      for (auto& stored : waiting_) {
        if (std::ranges::find(next.post->messages, stored.id) != next.post->messages.end()) {
          stored.post = next.post->messages.front();
        }
      }
    }
    return next;
  }

  PostVerdict end(const Post& post, const PostResult& result) {
    auto verdict = delivery_.ended(result, clock_.now());
    if (verdict.fate != MessageFate::Waiting) {
      settle(post.messages);
    }
    return verdict;
  }

  /// Delivers whatever may go out, letting time pass where it has to; the texts in order.
  std::vector<std::string> deliver_all() {
    std::vector<std::string> texts;
    while (!waiting_.empty()) {
      const auto now = next();
      if (now.post) {
        texts.push_back(now.post->text);
        end(*now.post, delivered());
      } else if (now.wait) {
        clock_.advance(*now.wait);
      }
    }
    return texts;
  }

  /// Fails whatever is posted until that time has passed; how often it was tried.
  int fail_for(Microseconds length) {
    const auto until = clock_.now().boot + length;
    int tries = 0;
    while (clock_.now().boot < until && !waiting_.empty()) {
      const auto now = next();
      if (now.post) {
        ++tries;
        end(*now.post, failed());
      }
      clock_.advance(now.wait.value_or(Microseconds{0}));
    }
    return tries;
  }

  DeliveryRules rules_;
  ManualClock clock_;
  std::vector<StoredMessage> waiting_;
  std::int64_t last_ = 0;
  ChannelDelivery delivery_{"slack", rules_, 4711};
};

TEST_F(Deliveries, PostEachMessageByItselfWhileFewWait) {
  queue("one");
  queue("two");

  EXPECT_THAT(deliver_all(), ElementsAre("one", "two"));
  EXPECT_FALSE(next().wait);
}

TEST_F(Deliveries, SayWhenALateMessageWasMeant) {
  queue("one");
  clock_.advance(hours{5});

  EXPECT_THAT(deliver_all(), ElementsAre("11-21 00:00  one"));
}

TEST_F(Deliveries, PutTogetherInOrderWhatExceedsTheRateAndLoseNothing) {
  for (int number = 0; number < 500; ++number) {
    queue("message " + std::to_string(number));
  }
  const auto begun = clock_.now().boot;

  const auto posts = deliver_all();

  EXPECT_LT(posts.size(), 10U);
  EXPECT_LT(clock_.now().boot - begun, minutes{1});
  std::string all;
  for (const auto& post : posts) {
    all += post + '\n';
    EXPECT_LT(post.size(), rules_.longest_post * 3);
  }
  std::size_t at = 0;
  for (int number = 0; number < 500; ++number) {
    at = all.find("message " + std::to_string(number) + '\n', at);
    ASSERT_NE(at, std::string::npos) << number;
  }
}

TEST_F(Deliveries, KeepToTheRateOfTheChannel) {
  int posts = 0;
  const auto until = clock_.now().boot + minutes{10};
  while (clock_.now().boot < until) {
    queue("again");
    const auto now = next();
    if (now.post) {
      ++posts;
      end(*now.post, delivered());
    }
    clock_.advance(std::chrono::milliseconds{500});
  }

  EXPECT_LE(posts, (10 * rules_.posts_per_minute) + rules_.burst);
  EXPECT_GE(posts, (10 * rules_.posts_per_minute) - 1);
}

TEST_F(Deliveries, BackOffWithJitterUpToTheLongestPause) {
  queue("one");
  std::vector<Microseconds> pauses;
  for (int number = 0; number < 12; ++number) {
    const auto now = next();
    ASSERT_TRUE(now.post);
    end(*now.post, failed());
    pauses.push_back(*next().wait);
    clock_.advance(pauses.back());
  }

  Microseconds expected = rules_.first_retry;
  for (const auto pause : pauses) {
    EXPECT_GE(pause, expected / 2);
    EXPECT_LE(pause, expected);
    expected = std::min<Microseconds>(expected * 2, rules_.longest_retry);
  }
}

TEST_F(Deliveries, LeaveTheOtherSideAloneForAsLongAsItAsks) {
  queue("one");
  const auto first = next();

  end(*first.post, failed("HTTP 429", hours{3}));

  EXPECT_EQ(next().wait, hours{3});
  EXPECT_FALSE(next().post);
}

TEST_F(Deliveries, DoNotBelieveARetryAfterOfAYear) {
  queue("one");

  end(*next().post, failed("HTTP 429", hours{24 * 365}));

  EXPECT_EQ(next().wait, rules_.longest_asked);
}

TEST_F(Deliveries, TryTheSamePostAgainWithTheSameKeyHoweverMuchIsQueuedMeanwhile) {
  queue("one");
  const auto first = next();
  end(*first.post, failed());
  queue("two");
  clock_.advance(minutes{1});

  const auto second = next();

  EXPECT_EQ(second.post->key, first.post->key);
  EXPECT_EQ(second.post->text, first.post->text);
  EXPECT_THAT(second.post->messages, ElementsAre(1));
}

TEST_F(Deliveries, KeepTogetherAfterACrashWhatWasTriedTogether) {
  for (int number = 0; number < 10; ++number) {
    queue("message");
  }
  const auto before = next();
  ASSERT_THAT(before.post->messages, SizeIs(10));
  queue("later");
  delivery_ = ChannelDelivery{"slack", rules_, 1};

  const auto after = next();

  EXPECT_EQ(after.post->key, before.post->key);
  EXPECT_EQ(after.post->messages, before.post->messages);
}

TEST_F(Deliveries, KeepMessagesForADayWithoutTheSinkAndAskItSeldom) {
  queue("one");

  const int tries = fail_for(hours{24});

  EXPECT_LT(tries, 700);  // every 2.5 to 5 minutes
  EXPECT_GT(tries, 200);
  EXPECT_THAT(deliver_all(), ElementsAre("one"));  // it is tried again with the text it had
}

TEST_F(Deliveries, GiveUpAfterDaysWithOneAlarm) {
  queue("one");
  queue("two");
  fail_for(rules_.give_up_after + hours{1});

  EXPECT_THAT(waiting_, IsEmpty());
}

TEST_F(Deliveries, AlarmOnceWhenNothingGetsThroughAndOnceWhenItDoes) {
  queue("one");
  std::vector<std::string> alarms;
  for (int number = 0; number < 8; ++number) {
    const auto now = next();
    alarms.push_back(end(*now.post, number < 7 ? failed() : delivered()).alarm);
    clock_.advance(rules_.longest_retry);
  }

  EXPECT_THAT(alarms[2], AllOf(HasSubstr("slack"), HasSubstr("HTTP 500")));
  EXPECT_THAT(alarms[7], HasSubstr("get through again"));
  alarms.erase(alarms.begin() + 7);
  alarms.erase(alarms.begin() + 2);
  EXPECT_THAT(alarms, testing::Each(IsEmpty()));
}

TEST_F(Deliveries, GiveUpAPostThatIsNeverTakenAndGoOnWithTheNext) {
  queue("bad");
  queue("good");
  const PostResult rejected{
      .outcome = PostOutcome::Rejected, .retry_after = {}, .why = "HTTP 400: invalid_payload"};
  std::vector<PostVerdict> verdicts;
  for (int number = 0; number < rules_.tries_when_rejected; ++number) {
    const auto now = next();
    ASSERT_EQ(now.post->text, "bad");
    verdicts.push_back(end(*now.post, rejected));
    clock_.advance(minutes{1});
  }

  EXPECT_EQ(verdicts.back().fate, MessageFate::Dead);
  EXPECT_THAT(verdicts.back().alarm, HasSubstr("invalid_payload"));
  EXPECT_THAT(next().post->text, HasSubstr("good"));
}

TEST_F(Deliveries, KeepMessagesWhileAPersonHasToMendTheSettings) {
  queue("one");
  const auto verdict = end(
      *next().post, {.outcome = PostOutcome::Misconfigured, .retry_after = {}, .why = "HTTP 403"});

  EXPECT_EQ(verdict.fate, MessageFate::Waiting);
  EXPECT_THAT(verdict.alarm, HasSubstr("HTTP 403"));
  EXPECT_EQ(next().wait, rules_.longest_retry);
}

TEST_F(Deliveries, TellTheSameFaultOnceInAWindowAndCountTheRest) {
  queue("dry air low (3)", "dry air low");
  deliver_all();
  for (int number = 0; number < 4; ++number) {
    clock_.advance(minutes{1});
    queue("dry air low (4)", "dry air low");
    EXPECT_THAT(next().repeated, SizeIs(1));
  }
  clock_.advance(rules_.same_fault_window);
  queue("next step");

  EXPECT_THAT(deliver_all(), ElementsAre("4 times more within 15 min: dry air low (3)\nnext step"));
}

TEST_F(Deliveries, TellAFaultAgainWhenItsWindowIsOver) {
  queue("dry air low", "dry air low");
  deliver_all();
  clock_.advance(rules_.same_fault_window);
  queue("dry air low", "dry air low");

  EXPECT_THAT(deliver_all(), ElementsAre("dry air low"));
}

TEST_F(Deliveries, NeverHoldBackWhatIsNoFault) {
  queue("PAUSED because gain failed");
  queue("PAUSED because gain failed");

  EXPECT_THAT(deliver_all(), SizeIs(2));
}

TEST_F(Deliveries, DoNotMixRunsInOnePost) {
  for (int number = 0; number < 20; ++number) {
    queue("of run 12");
  }
  for (int number = 0; number < 20; ++number) {
    queue("of run 13", "", 13);
  }

  for (const auto& post : deliver_all()) {
    EXPECT_FALSE(post.find("run 12") != std::string::npos &&
                 post.find("run 13") != std::string::npos);
  }
}

TEST_F(Deliveries, ShowAtMostTenFilesWithAPostAndEachOfThem) {
  for (int message = 0; message < 30; ++message) {
    queue("plots");
    waiting_.back().message.files = {"a.png", "b.png", "c.png"};
  }
  std::size_t files = 0;
  for (bool any = true; any;) {
    const auto turn = next();
    any = turn.post || turn.wait;
    clock_.advance(turn.wait.value_or(Microseconds{0}));
    if (turn.post) {
      EXPECT_LE(turn.post->files.size(), 10U);
      files += turn.post->files.size();
      end(*turn.post, delivered());
    }
  }

  EXPECT_EQ(files, 90U);
}

TEST_F(Deliveries, SayOnceWhichFilesOfADeliveredPostCouldNotBeShown) {
  const PostResult partly{.outcome = PostOutcome::Delivered, .why = "missing_scope"};
  std::vector<std::string> alarms;
  for (const auto& result : {partly, partly, delivered(), partly}) {
    queue("plot");
    const auto verdict = end(next().post.value(), result);
    EXPECT_EQ(verdict.fate, MessageFate::Delivered);
    alarms.push_back(verdict.alarm);
  }

  EXPECT_THAT(alarms, ElementsAre(HasSubstr("missing_scope"), IsEmpty(), IsEmpty(), IsEmpty()));
}

TEST_F(Deliveries, OfALogbookGoOutOneByOneAsTheyWereWritten) {
  DeliveryRules rules;
  rules.one_by_one = true;
  ChannelDelivery logbook{"[logbook]", rules, 1};
  for (int number = 0; number < 20; ++number) {
    queue("entry " + std::to_string(number), "fault");
  }
  clock_.advance(hours{2});

  const auto first = logbook.next(waiting_, clock_.now()).post;
  ASSERT_TRUE(first);
  EXPECT_EQ(first->text, "entry 0");
  EXPECT_FALSE(first->tried);
  logbook.ended(failed(), clock_.now());
  clock_.advance(minutes{10});
  EXPECT_TRUE(logbook.next(waiting_, clock_.now()).post->tried);
}

TEST_F(Deliveries, KnowAfterACrashThatAPostWasTried) {
  queue("one");
  waiting_.front().post = 1;

  EXPECT_TRUE(next().post->tried);
}

TEST_F(Deliveries, StayWithinTheirWindowWhenTheWallClockJumps) {
  queue("one");
  end(*next().post, failed());
  clock_.step_wall(-hours{5});
  EXPECT_LE(*next().wait, rules_.first_retry);
  clock_.advance(rules_.first_retry);
  EXPECT_TRUE(next().post);
}

}  // namespace
}  // namespace fat

// One instrument, many who want it: never two holders, and every refusal says who, why, until when.
#include "fat/engine/lease_book.hpp"

#include <array>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/choices.hpp"
#include "fakes/manual_clock.hpp"

namespace fat {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Station leased_bench() {
  Station station;
  for (const char* name : {"supply", "bias", "plates", "spare"}) {
    DeviceEntry device;
    device.name = name;
    station.devices.push_back(std::move(device));
  }
  for (const auto& [name, instrument] : {std::pair{"top_plate", "plates"},
                                         std::pair{"bottom", "spare"},
                                         std::pair{"heater_1", "supply"}}) {
    ChannelEntry channel;
    channel.name = name;
    channel.instrument = instrument;
    station.channels.push_back(std::move(channel));
  }
  return station;
}

InterlockEntry leased_heating(std::vector<std::string> channels,
                              std::vector<ActuatorSetting> settings = {}) {
  InterlockEntry entry;
  entry.name = "heating";
  entry.channels = std::move(channels);
  entry.settings = std::move(settings);
  return entry;
}

LeaseClaim person(const std::string& name, std::uint64_t fence = 0) {
  return {.who = name + " (uid 1000)", .uid = 1000, .fence = fence};
}

LeaseRequest wish(LeaseVerb verb, LeaseClaim by, const std::string& instrument = "bias") {
  return {.verb = verb,
          .instrument = instrument,
          .by = std::move(by),
          .purpose = "scan",
          .reason = {},
          .use = LeaseUse::Orders,
          .length = minutes{10},
          .process = {}};
}

class Leases : public testing::Test {
 protected:
  LeaseReply ask(const LeaseRequest& request) { return book_.answer(request, clock_.now()); }

  LeaseReply take(const std::string& name) { return ask(wish(LeaseVerb::Take, person(name))); }

  std::string objection(const LeaseClaim& by) {
    return book_.objection_to_order("bias", by, clock_.now());
  }

  std::vector<EndedLease> look(bool lives = true) {
    return book_.look([lives](const ProcessMark&) { return lives; }, clock_.now());
  }

  ManualClock clock_;
  Station station_ = leased_bench();
  LeaseBook book_{station_};
};

TEST_F(Leases, HasOneHolderAndNamesIt) {
  ASSERT_TRUE(take("anna").accepted);

  const auto refused = take("bob");

  EXPECT_FALSE(refused.accepted);
  EXPECT_THAT(refused.text,
              AllOf(HasSubstr("bias is leased to anna (uid 1000) for 'scan' until "),
                    HasSubstr("(another 10 min)"),
                    HasSubstr("fatmaster lease take-over bias --reason TEXT")));
  EXPECT_EQ(objection(person("anna")), "");
  EXPECT_EQ(objection(person("bob")), refused.text);
}

TEST_F(Leases, ToldTwiceIsNotGivenTwice) {
  take("anna");

  const auto again = take("anna");

  EXPECT_FALSE(again.accepted);  // two programs of one person are two
  EXPECT_THAT(again.text, HasSubstr("that is you (lease 1): `fatmaster lease renew bias`"));
}

TEST_F(Leases, EndsByItself) {
  take("anna");
  clock_.advance(minutes{10});

  EXPECT_EQ(objection(person("bob")), "");
  EXPECT_FALSE(ask(wish(LeaseVerb::Renew, person("anna"))).accepted);
  const auto ended = look();

  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended.front().why, "its 10 min are over");
  EXPECT_EQ(take("bob").granted->fence, 2U);
}

TEST_F(Leases, IsRenewedByItsHolderAlone) {
  take("anna");
  clock_.advance(minutes{9});

  EXPECT_FALSE(ask(wish(LeaseVerb::Renew, person("bob"))).accepted);
  const auto renewed = ask(wish(LeaseVerb::Renew, person("anna")));
  clock_.advance(minutes{9});

  ASSERT_TRUE(renewed.accepted);
  EXPECT_EQ(renewed.granted->fence, 1U);
  EXPECT_NE(objection(person("bob")), "");
}

TEST_F(Leases, IsGivenBackByItsHolderAlone) {
  take("anna");

  EXPECT_FALSE(ask(wish(LeaseVerb::Free, person("bob"))).accepted);
  EXPECT_TRUE(ask(wish(LeaseVerb::Free, person("anna"))).accepted);
  EXPECT_TRUE(ask(wish(LeaseVerb::Free, person("anna"))).accepted);  // it is free already
  EXPECT_TRUE(take("bob").accepted);
}

TEST_F(Leases, AnOldNumberOpensNothing) {
  take("anna");
  auto over = wish(LeaseVerb::TakeOver, person("bob"));
  EXPECT_THAT(ask(over).text, HasSubstr("--reason"));
  over.reason = "the module gets warm";

  const auto taken = ask(over);

  ASSERT_TRUE(taken.accepted);
  EXPECT_EQ(taken.ended->who, "anna (uid 1000)");
  EXPECT_THAT(taken.text,
              AllOf(HasSubstr("leased to bob"),
                    HasSubstr("taken over from anna (uid 1000), who had it for 'scan': the module "
                              "gets warm")));
  EXPECT_THAT(objection(person("anna", 1)), HasSubstr("leased to bob"));
  EXPECT_FALSE(ask(wish(LeaseVerb::Free, person("anna", 1))).accepted);
  EXPECT_EQ(objection(person("whoever", 2)), "");
  ask(wish(LeaseVerb::Free, person("bob")));
  EXPECT_THAT(objection(person("bob", 2)), HasSubstr("lease 2 is over"));
}

TEST_F(Leases, TheNumberOfAnotherUserOpensNothing) {
  take("anna");

  EXPECT_NE(objection({.who = "anna (uid 1000)", .uid = 1001, .fence = 1}), "");
}

TEST_F(Leases, OfAProcessLivesAndEndsWithIt) {
  auto mine = wish(LeaseVerb::Take, person("anna"));
  mine.process = ProcessMark{.pid = 77, .start_time = 5, .boot_id = "boot-1"};
  ask(mine);
  for (int minute = 0; minute < 60; ++minute) {
    clock_.advance(minutes{1});
    EXPECT_THAT(look(), IsEmpty());
  }
  EXPECT_THAT(objection(person("anna")), HasSubstr("as long as process 77 lives"));
  EXPECT_EQ(objection(person("anna", 1)), "");

  const auto ended = look(false);

  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended.front().why, "process 77 has ended");
  EXPECT_TRUE(take("bob").accepted);
}

TEST_F(Leases, SaysWhatIsMissing) {
  auto nameless = wish(LeaseVerb::Take, person("anna"), "biass");
  EXPECT_THAT(ask(nameless).text, HasSubstr("did you mean 'bias'"));
  auto aimless = wish(LeaseVerb::Take, person("anna"));
  aimless.purpose.clear();
  EXPECT_THAT(ask(aimless).text, HasSubstr("--purpose TEXT"));
  auto endless = wish(LeaseVerb::Take, person("anna"));
  endless.length = hours{25};
  EXPECT_THAT(ask(endless).text, HasSubstr("at most 24 h"));
}

TEST_F(Leases, GoesOnCountingAfterARestart) {
  take("anna");
  ask(wish(LeaseVerb::Free, person("anna")));
  take("anna");

  const auto stored = lease_record_from_json_text(to_json_text(book_.record()));
  ASSERT_EQ(stored, book_.record());
  LeaseBook next{station_, *stored};

  EXPECT_FALSE(next.answer(wish(LeaseVerb::Take, person("bob")), clock_.now()).accepted);
  next.answer(wish(LeaseVerb::Free, person("anna")), clock_.now());
  EXPECT_EQ(next.answer(wish(LeaseVerb::Take, person("bob")), clock_.now()).granted->fence, 3U);
}

TEST_F(Leases, FreesThePanelForItsHolder) {
  take("anna");

  EXPECT_FALSE(ask(wish(LeaseVerb::FreePanel, person("bob"))).accepted);
  const auto freed = ask(wish(LeaseVerb::FreePanel, person("anna")));

  ASSERT_TRUE(freed.accepted);
  EXPECT_EQ(freed.granted->use, LeaseUse::Panel);
  EXPECT_EQ(freed.granted->fence, 2U);
  EXPECT_THAT(objection(person("anna")), HasSubstr("its link is not the station's meanwhile"));
}

LeaseReply lend(LeaseBook& book, const std::string& instrument) {
  auto request = wish(LeaseVerb::Take, person("anna"), instrument);
  request.use = LeaseUse::Link;
  return book.answer(request, ManualClock{}.now());
}

TEST_F(Leases, LendsASensorOfAnInterlockOnlyBesideAnother) {
  station_.interlocks.push_back(leased_heating({"top_plate", "bottom"}));

  EXPECT_TRUE(lend(book_, "plates").accepted);
  const auto second = lend(book_, "spare");

  EXPECT_FALSE(second.accepted);
  EXPECT_THAT(second.text,
              AllOf(HasSubstr("spare cannot be lent: interlock heating has no other sensor than "
                              "bottom"),
                    HasSubstr("'may_be_lent = yes' in [channel bottom]")));
  station_.channels[1].may_be_lent = true;
  EXPECT_TRUE(lend(book_, "spare").accepted);
}

TEST_F(Leases, SaysThatAProgramStillHasTheLinkThatIsTakenOver) {
  auto script = wish(LeaseVerb::Take, person("anna"));
  script.use = LeaseUse::Link;
  script.process = ProcessMark{.pid = 77, .start_time = 5, .boot_id = "boot-1"};
  ASSERT_TRUE(ask(script).accepted);
  auto over = wish(LeaseVerb::TakeOver, person("bob"));
  over.reason = "it hangs";

  EXPECT_THAT(ask(over).text, HasSubstr("process 77 still has the link"));
}

TEST_F(Leases, LendsWhatAnInterlockSetsOnlyWhenToldSo) {
  station_.interlocks.push_back(leased_heating({"top_plate"}, {{"heater_1", 0}}));

  EXPECT_THAT(lend(book_, "supply").text, HasSubstr("interlock heating could not hold heater_1"));
  auto orders = wish(LeaseVerb::Take, person("anna"), "supply");
  EXPECT_TRUE(ask(orders).accepted);  // the station keeps the link, and the interlock its hand
  ask(wish(LeaseVerb::Free, person("anna"), "supply"));
  station_.channels[2].may_be_lent = true;
  EXPECT_TRUE(lend(book_, "supply").accepted);
}

/// A story of requests, deaths, time and restarts, watched by what must never happen.
class LeaseStory {
 public:
  explicit LeaseStory(std::uint64_t seed) : dice_(seed) {}

  void play() {
    for (int turn = 0; turn < 60 && !testing::Test::HasFailure(); ++turn) {
      switch (dice_.below(8)) {
        case 0:
          clock_.advance(seconds{dice_.below(400)});
          break;
        case 1:
          restart();
          break;
        case 2:
          dead_.insert(dice_.below(4));
          look();
          break;
        default:
          request();
          break;
      }
      judge();
    }
  }

 private:
  void restart() {
    const auto stored = lease_record_from_json_text(to_json_text(book_->record()));
    ASSERT_EQ(stored, book_->record());
    book_ = std::make_unique<LeaseBook>(station_, *stored);
    if (dice_.percent(25)) {
      clock_.reboot(fmt::format("boot-{}", dice_.number()));
    }
    look();
  }

  void look() {
    book_->look([this](const ProcessMark& mark) { return !dead_.contains(mark.pid); },
                clock_.now());
  }

  void request() {
    constexpr std::array verbs{LeaseVerb::Take,
                               LeaseVerb::Take,
                               LeaseVerb::Renew,
                               LeaseVerb::Free,
                               LeaseVerb::FreePanel,
                               LeaseVerb::TakeOver};
    auto request =
        wish(verbs.at(static_cast<std::size_t>(dice_.below(static_cast<int>(verbs.size())))),
             person(fmt::format("p{}", dice_.below(3))),
             dice_.below(2) == 0 ? "bias" : "supply");
    request.reason = "because";
    request.length = seconds{1 + dice_.below(600)};
    if (dice_.below(3) == 0) {
      const auto pid = dice_.below(4);
      dead_.erase(pid);
      request.process = ProcessMark{.pid = pid, .start_time = dice_.number(), .boot_id = "b"};
    }
    if (dice_.below(3) == 0) {
      request.by.fence = 1 + (dice_.number() % (newest_ + 2));
    }
    const auto* const before = book_->holder(request.instrument, clock_.now());
    const auto held = before == nullptr ? std::optional<Lease>{} : std::optional{*before};
    const auto reply = book_->answer(request, clock_.now());
    EXPECT_FALSE(reply.text.empty());
    if (held && !is_of(*held, request.by) && request.verb != LeaseVerb::TakeOver) {
      EXPECT_FALSE(reply.accepted) << reply.text;  // another's stays
      EXPECT_THAT(reply.text, AllOf(HasSubstr(held->who), HasSubstr(held->purpose)));
    }
    if (reply.accepted && reply.granted && request.verb != LeaseVerb::Renew) {
      EXPECT_GT(reply.granted->fence, newest_);
      newest_ = reply.granted->fence;
      EXPECT_EQ(reply.ended ? reply.ended->fence : 0, held ? held->fence : 0);
    }
  }

  /// One holder for each instrument, no number twice, and every number but the holder's is refused.
  void judge() {
    std::set<std::string> instruments;
    std::set<std::uint64_t> fences;
    for (const auto& lease : book_->record().leases) {
      EXPECT_TRUE(instruments.insert(lease.instrument).second) << lease.instrument;
      EXPECT_TRUE(fences.insert(lease.fence).second) << lease.fence;
      EXPECT_LE(lease.fence, newest_);
    }
    EXPECT_EQ(book_->record().newest_fence, newest_);
    for (const auto& instrument : {"bias", "supply"}) {
      const auto* const held = book_->holder(instrument, clock_.now());
      const auto older = newest_ == 0 ? 0 : 1 + (dice_.number() % newest_);
      for (const auto fence : {older, newest_ - 1, newest_, held == nullptr ? 0 : held->fence}) {
        if (fence == 0 || fence > newest_) {
          continue;
        }
        const bool passes =
            book_->objection_to_order(instrument, person("x", fence), clock_.now()).empty();
        EXPECT_EQ(passes, held != nullptr && held->fence == fence && !is_lent(*held));
      }
    }
  }

  Dice dice_;
  ManualClock clock_;
  Station station_ = leased_bench();
  std::unique_ptr<LeaseBook> book_ = std::make_unique<LeaseBook>(station_);
  std::set<std::int64_t> dead_;
  std::uint64_t newest_ = 0;
};

TEST(LeaseStories, NeverHaveTwoHoldersNorAnOldNumberThatCounts) {
  constexpr std::uint64_t stories = 3000;
  for (std::uint64_t seed = 1; seed <= stories; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    LeaseStory{seed}.play();
    if (HasFailure()) {
      return;
    }
  }
}

TEST_F(Leases, AreBoundedInTheirNumber) {
  take("anna");
  auto many = book_.record();
  for (int number = 1; number < 10'000; ++number) {
    many.leases.push_back(many.leases.front());
    many.leases.back().instrument = fmt::format("device_{}", number);
  }
  LeaseBook full{station_, many};

  const auto refused = full.answer(wish(LeaseVerb::Take, person("bob"), "spare"), clock_.now());

  EXPECT_FALSE(refused.accepted);
  EXPECT_EQ(refused.text, "too many leases");
}

TEST_F(Leases, DoNotHoldUpTheSafeState) {
  take("anna");
  auto safe = person("a safe state");
  safe.safe_state = true;

  EXPECT_NE(objection(person("bob")), "");
  EXPECT_EQ(objection(safe), "");
}

TEST_F(Leases, OfAPanelHaveAPurposeWhetherItIsSaidOrNot) {
  auto panel = wish(LeaseVerb::FreePanel, person("anna"));
  panel.purpose.clear();

  const auto given = ask(panel);

  ASSERT_TRUE(given.accepted) << given.text;
  EXPECT_EQ(given.granted->purpose, "its front panel");
}

}  // namespace
}  // namespace fat

// Turns on a wire, and guests who speak through the process that owns it, against the virtual
// bench.
#include "fat/devices/shared_wires.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "devices/link.hpp"
#include "devices/link_lock.hpp"
#include "devices/turn_queue.hpp"
#include "devices/virtual_instruments.hpp"
#include "devices/wire_words.hpp"
#include "fakes/patience.hpp"
#include "fat/devices/device_quantities.hpp"
#include "fat/devices/wire_server.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(TurnQueue, IsFirstComeFirstServedAmongOneKind) {
  TurnQueue queue;
  const auto first = queue.join(WireUser::Guest);
  const auto second = queue.join(WireUser::Guest);

  EXPECT_FALSE(queue.may_begin(WireUser::Guest, second));
  ASSERT_TRUE(queue.may_begin(WireUser::Guest, first));
  queue.begin(WireUser::Guest, first);
  EXPECT_FALSE(queue.may_begin(WireUser::Guest, second));
  queue.end();
  EXPECT_TRUE(queue.may_begin(WireUser::Guest, second));
}

TEST(TurnQueue, TheOwnerComesAfterOneTurnOfAGuestHoweverManyWait) {
  TurnQueue queue;
  const auto first = queue.join(WireUser::Guest);
  const auto second = queue.join(WireUser::Guest);
  queue.begin(WireUser::Guest, first);
  const auto owner = queue.join(WireUser::Owner);
  queue.end();

  EXPECT_FALSE(queue.may_begin(WireUser::Guest, second));
  ASSERT_TRUE(queue.may_begin(WireUser::Owner, owner));
  queue.begin(WireUser::Owner, owner);
  const auto again = queue.join(WireUser::Owner);
  queue.end();
  EXPECT_FALSE(queue.may_begin(WireUser::Owner, again));  // nor does it keep a guest waiting
  EXPECT_TRUE(queue.may_begin(WireUser::Guest, second));
}

TEST(TurnQueue, WhoeverNoLongerWaitsIsInNobodySWay) {
  TurnQueue queue;
  const auto first = queue.join(WireUser::Guest);
  queue.begin(WireUser::Guest, first);
  const auto second = queue.join(WireUser::Guest);
  const auto owner = queue.join(WireUser::Owner);
  queue.end();

  queue.leave(WireUser::Owner, owner);

  EXPECT_TRUE(queue.may_begin(WireUser::Guest, second));
}

constexpr std::uint64_t kNobodyKnows = 98;

/// A process that owns the wires of the virtual bench, and guests of it.
class OwnedBench {
 public:
  explicit OwnedBench(Microseconds silence = 60s, Microseconds longest_turn = 60s)
      : silence_(silence), longest_turn_(longest_turn) {
    start();
  }

  void start() {
    server_.emplace(
        WireServer::Parts{.wires = wires_,
                          .devices = bench_.declared(),
                          .socket = socket(),
                          .objection = [this](const WireClaim& claim) { return judge(claim); },
                          .say = [this](const auto&) { ++said_; },
                          .silence = silence_,
                          .longest_turn = longest_turn_});
  }

  void end() { server_.reset(); }

  /// Those of the owner itself.
  const StationInstruments& owner() const { return owner_; }

  StationInstruments guest(std::uint64_t fence = 7, Microseconds returns_within = 0s) const {
    return StationInstruments{bench_.clock(),
                              bench_.declared(),
                              locks(),
                              "station.ini",
                              {.station = [this, fence, returns_within](const DeviceEntry& device) {
                                return StationWire{.socket = socket(),
                                                   .claim = claim(device, fence),
                                                   .returns_within = returns_within};
                              }}};
  }

  static WireClaim claim(const DeviceEntry& device, std::uint64_t fence) {
    return {.device = device.name,
            .link = device.link ? to_text(*device.link) : "",
            .who = "a guest",
            .uid = 0,
            .fence = fence};
  }

  const DeviceEntry& entry(const std::string& name) const {
    return *std::ranges::find(bench_.declared(), name, &DeviceEntry::name);
  }

  std::filesystem::path socket() const { return bench_.folder() / "wires.sock"; }

  LinkLocks locks() const { return {.folder = bench_.folder() / "locks", .purpose = "the owner"}; }

  const Clock& clock() const { return bench_.clock(); }

  SharedWires& wires() { return wires_; }

  void bar(std::uint64_t fence) { barred_ = fence; }

  /// How often the owner said that something went wrong.
  int said() const { return said_; }

 private:
  std::string judge(const WireClaim& claim) const {
    if (claim.fence == kNobodyKnows) {
      throw std::runtime_error{"the leases cannot be read"};
    }
    return claim.fence == barred_ ? "barred" : "";
  }

  VirtualInstruments bench_{{}, "10 s", "1500 ms"};
  SharedWires wires_{bench_.clock(), locks()};
  StationInstruments owner_{
      bench_.clock(), bench_.declared(), locks(), "station.ini", {.wires = &wires_}};
  Microseconds silence_, longest_turn_;
  std::atomic<std::uint64_t> barred_ = 99;
  std::atomic<int> said_ = 0;
  std::optional<WireServer> server_;  // last: it uses the others
};

/// A guest that says what a test makes it say.
class RawGuest {
 public:
  explicit RawGuest(const std::filesystem::path& socket)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
        lines_(socket_.get()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, socket.c_str());
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
  }

  /// nullopt: it was hung up on.
  std::optional<WireReply> say(const std::string& line) {
    const auto sent = lines_.write(line, kPatience);
    const auto came = sent.fault ? sent : lines_.read(kPatience);
    return came.fault ? std::nullopt : wire_reply(came.received);
  }

  Exchange ask(WireVerb verb, const std::string& bytes = {}) {
    const auto reply =
        say(to_line(WireRequest{.verb = verb, .timeout = 10s, .bytes = bytes, .claim = {}}));
    return reply ? reply->exchange : Exchange{DeviceFault::Closed, "hung up", {}};
  }

  Exchange join(const WireClaim& claim) {
    const auto reply = say(
        to_line(WireRequest{.verb = WireVerb::Join, .timeout = 0s, .bytes = {}, .claim = claim}));
    return reply ? reply->exchange : Exchange{DeviceFault::Closed, "hung up", {}};
  }

  void hang_up() { socket_.reset(); }

  /// Bytes that are never a whole line, until it is hung up on.
  void drip() {
    while (!lines_.write(" ", kPatience).fault) {
    }
  }

 private:
  OwnedFd socket_;
  LineSocket lines_;
};

template <typename Work>
DeviceError error_of(Work work) {
  try {
    work();
  } catch (const DeviceError& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {DeviceFault::Refused, "nobody", "no error"};
}

TEST(SharedWires, EveryDriverSpeaksThroughTheirOwner) {
  const OwnedBench bench;
  const auto guest = bench.guest();

  const auto generator = guest.generator("generator");
  generator->set_signal({.frequency = 100, .amplitude = 2});
  EXPECT_EQ(generator->signal().frequency, 100);
  const auto supply = guest.supply("supply");
  supply->set(1, 12.5, 1);
  supply->set_output(1, true);
  EXPECT_TRUE(supply->output(1));
  EXPECT_NEAR(supply->read(1).volts, 12.5, 0.1);
  const auto wheel = guest.filter_wheel("wheel0");
  wheel->move_to(3);
  EXPECT_EQ(wheel->position(), 3);
  const auto freezer = guest.freezer("freezer", {});
  freezer->set_target(-20);
  EXPECT_EQ(freezer->target(), -20);
  EXPECT_FALSE(guest.thermometer("thermometer")->read().empty());
  const auto hub = guest.field_hub("field_hub0");
  EXPECT_FALSE(hub->devices().empty());
  EXPECT_EQ(guest.instrument("supply")->read("voltage_setpoint", 1), 12.5);
  supply->release();
}

TEST(SharedWires, OwnerAndGuestsNeverGetEachOthersAnswers) {
  const OwnedBench bench;
  std::atomic<int> wrong = 0;
  const auto ask = [&](const StationInstruments& drivers, int channel, double volts) {
    const auto supply = drivers.instrument("supply");
    for (int turn = 0; turn < 40; ++turn) {
      const auto set = volts + (0.01 * turn);
      supply->set("voltage_setpoint", channel, set);  // which reads back
      wrong += std::abs(supply->read("voltage_setpoint", channel) - set) < 1e-6 ? 0 : 1;
    }
  };
  {
    const auto guest = bench.guest(), another = bench.guest();
    const std::jthread one{[&] { ask(guest, 1, 1); }}, two{[&] { ask(another, 2, 2); }};
    ask(bench.owner(), 3, 3);
  }

  EXPECT_EQ(wrong, 0);
}

TEST(SharedWires, TheWireIsLockedAgainstOtherProcessesUntilItIsLetGo) {
  OwnedBench bench;
  const auto guest = bench.guest();
  const auto supply = guest.supply("supply");
  supply->identity();
  LinkLock other{bench.clock(), bench.locks(), make_link(*bench.entry("supply").link)->wire()};
  const auto busy = other.take(0s);
  EXPECT_EQ(busy.fault, DeviceFault::Busy);
  EXPECT_THAT(busy.why, HasSubstr("the owner"));

  bench.wires().let_go("supply", kPatience);

  EXPECT_FALSE(other.take(0s).fault);
  other.release();
  EXPECT_NO_THROW(supply->output(1));  // it is opened again
}

TEST(SharedWires, WhatTheOwnerSetsIsReadBackBeforeAGuestSaysAnything) {
  OwnedBench bench;
  const DeviceQuantities quantities{bench.owner(), &bench.wires()};
  const auto source = quantities.open("supply");
  RawGuest guest{bench.socket()};
  ASSERT_FALSE(guest.join(OwnedBench::claim(bench.entry("supply"), 7)).fault);
  std::optional<Exchange> begun;
  std::jthread waiting;

  bench.wires().in_one_turn("supply", kPatience, [&] {
    waiting = std::jthread{[&] { begun = guest.ask(WireVerb::Begin); }};
    source->set({"voltage_setpoint", 1}, 3);
    EXPECT_EQ(source->read_all({{"voltage_setpoint", 1}}).at(0).value, 3);
    EXPECT_FALSE(begun);
  });

  waiting.join();
  EXPECT_FALSE(begun->fault) << begun->why;
}

TEST(WireServer, AsksAtEachTurnWhetherItMayBe) {
  OwnedBench bench;
  const auto guest = bench.guest(7);
  const auto supply = guest.supply("supply");
  supply->set_output(1, true);

  bench.bar(7);  // somebody has taken the lease over

  const auto error = error_of([&] { supply->set_output(1, false); });
  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("barred"));
  EXPECT_TRUE(bench.owner().supply("supply")->output(1));
}

TEST(WireServer, WithoutALeaseNothingIsSent) {
  const OwnedBench bench;
  const auto listener = bench.guest(0);

  EXPECT_FALSE(listener.thermometer("thermometer")->read().empty());
  EXPECT_THAT(error_of([&] { listener.supply("supply")->identity(); }).what(),
              HasSubstr("nothing is sent without a lease"));
  EXPECT_NO_THROW(bench.owner().supply("supply")->identity());
}

TEST(WireServer, AGuestThatGoesInItsTurnHasLostItAndItsLateReplyIsNobodys) {
  const OwnedBench bench;
  const auto supply = bench.owner().supply("supply");
  supply->set(1, 4, 1);
  RawGuest guest{bench.socket()};
  ASSERT_FALSE(guest.join(OwnedBench::claim(bench.entry("supply"), 7)).fault);
  ASSERT_FALSE(guest.ask(WireVerb::Begin).fault);
  ASSERT_FALSE(guest.ask(WireVerb::Open).fault);
  ASSERT_FALSE(guest.ask(WireVerb::Send, ":SOUR1:VOLT?\n:SOUR1:CURR?\n").fault);

  guest.hang_up();

  EXPECT_EQ(bench.owner().instrument("supply")->read("voltage_setpoint", 1), 4);
  EXPECT_FALSE(supply->output(2));
}

TEST(WireServer, AGuestThatIsSilentInItsTurnHasLostIt) {
  const OwnedBench bench{20ms};
  RawGuest guest{bench.socket()};
  ASSERT_FALSE(guest.join(OwnedBench::claim(bench.entry("supply"), 7)).fault);
  ASSERT_FALSE(guest.ask(WireVerb::Begin).fault);

  EXPECT_NO_THROW(bench.owner().supply("supply")->identity());

  EXPECT_EQ(guest.ask(WireVerb::End).fault, DeviceFault::Closed);
}

TEST(WireServer, AGuestThatDripsHalfALineInItsTurnHasLostItToo) {
  const OwnedBench bench{20ms};
  RawGuest guest{bench.socket()};
  ASSERT_FALSE(guest.join(OwnedBench::claim(bench.entry("supply"), 7)).fault);
  ASSERT_FALSE(guest.ask(WireVerb::Begin).fault);
  const std::jthread dripping{[&] { guest.drip(); }};

  EXPECT_NO_THROW(bench.owner().supply("supply")->identity());
}

TEST(WireServer, WhatGoesWrongWithOneGuestIsNobodyElses) {
  const OwnedBench bench;
  const auto guest = bench.guest(kNobodyKnows);

  EXPECT_EQ(error_of([&] { guest.supply("supply")->identity(); }).fault(), DeviceFault::Closed);
  EXPECT_GT(bench.said(), 0);

  EXPECT_NO_THROW(bench.owner().supply("supply")->identity());
  EXPECT_NO_THROW(bench.guest().supply("supply")->identity());
}

TEST(WireServer, ATurnEndsHoweverBusyItIs) {
  const OwnedBench bench{60s, 20ms};
  RawGuest guest{bench.socket()};
  ASSERT_FALSE(guest.join(OwnedBench::claim(bench.entry("supply"), 7)).fault);
  ASSERT_FALSE(guest.ask(WireVerb::Begin).fault);
  ASSERT_FALSE(guest.ask(WireVerb::Open).fault);
  Exchange word;
  while (!word.fault || word.why.starts_with("nothing within")) {
    word = guest.ask(WireVerb::Receive);  // nothing comes
  }

  EXPECT_THAT(word.why, HasSubstr("lasts 20 ms at most"));
  EXPECT_EQ(guest.ask(WireVerb::Receive).why, "its turn on the wire is over");
  EXPECT_NO_THROW(bench.owner().supply("supply")->identity());
  EXPECT_FALSE(guest.ask(WireVerb::Begin).fault);  // and begins anew
}

TEST(WireServer, SaysWhoIsNotLetIn) {
  const OwnedBench bench;
  auto claim = OwnedBench::claim(bench.entry("supply"), 7);
  claim.link = "tcp 10.0.0.1:5555";
  EXPECT_THAT(RawGuest{bench.socket()}.join(claim).why, HasSubstr("station.ini was changed"));
  claim.device = "nobody\x1b[31m";
  EXPECT_THAT(RawGuest{bench.socket()}.join(claim).why, HasSubstr("no wire of a device 'nobody?["));
  EXPECT_THAT(RawGuest{bench.socket()}.ask(WireVerb::Begin).why, HasSubstr("for which device"));
}

TEST(WireServer, HangsUpOnWhatIsNoRequestAndServesTheOthers) {
  const OwnedBench bench;
  const auto guest = bench.guest();
  const auto supply = guest.supply("supply");
  supply->identity();
  for (const std::string& line :
       {std::string{"GET / HTTP/1.1\r\n"},
        std::string{"[[[[[[[[\n"},
        std::string(1000, '[') + "\n",
        std::string{"{}\n"},
        std::string{R"({"do":"join"})"} + "\n",
        std::string{R"({"do":"join","version":2,"device":"supply"})"} + "\n",
        std::string{R"({"do":"send","bytes":"0"})"} + "\n",
        std::string{R"({"do":"send","bytes":"xy"})"} + "\n",
        std::string{R"({"do":7,"us":-1})"} + "\n",
        std::string("\xff\xfe\0\n", 4)}) {
    EXPECT_FALSE(RawGuest{bench.socket()}.say(line)) << line;
  }
  EXPECT_NO_THROW(supply->output(1));
}

TEST(SharedWires, NothingIsSaidOutsideOnesTurn) {
  OwnedBench bench;
  const auto part = bench.wires().part("supply", *bench.entry("supply").link, WireUser::Owner);

  for (const auto& said : {part->open(kPatience),
                           part->send("*IDN?\n", kPatience),
                           part->request_reply(kPatience),
                           part->free_panel(kPatience).value_or(Exchange{}),
                           part->receive(kPatience)}) {
    EXPECT_EQ(said.fault, DeviceFault::Busy);
    EXPECT_EQ(said.why, "it is not one's turn on this wire");
  }
}

TEST(SharedWires, WhoWaitsInVainIsToldWhoSpeaks) {
  OwnedBench bench;
  RawGuest guest{bench.socket()};
  ASSERT_FALSE(guest.join(OwnedBench::claim(bench.entry("supply"), 7)).fault);
  const auto begin_now = [&] {
    return guest
        .say(to_line(WireRequest{.verb = WireVerb::Begin, .timeout = 0s, .bytes = {}, .claim = {}}))
        ->exchange;
  };

  bench.wires().in_one_turn("supply", kPatience, [&] {
    const auto refused = begin_now();
    EXPECT_EQ(refused.fault, DeviceFault::Busy);
    EXPECT_THAT(refused.why, HasSubstr("the station process speaks on this wire"));
  });
  ASSERT_FALSE(guest.ask(WireVerb::Begin).fault);
  EXPECT_EQ(guest.ask(WireVerb::Begin).why, "it is its turn already");
  const auto error = error_of([&] { bench.wires().in_one_turn("supply", 0s, [] {}); });

  EXPECT_EQ(error.fault(), DeviceFault::Busy);
  EXPECT_THAT(error.what(), HasSubstr("another task speaks on this wire"));
  EXPECT_FALSE(guest.ask(WireVerb::End).fault);
  EXPECT_FALSE(guest.ask(WireVerb::Close).fault);  // its part, between turns
  EXPECT_NO_THROW(bench.owner().supply("supply")->identity());
}

TEST(SharedWires, AWireThatAnotherProcessHoldsIsBusy) {
  OwnedBench bench;
  LinkLock other{bench.clock(), bench.locks(), make_link(*bench.entry("supply").link)->wire()};
  ASSERT_FALSE(other.take(0s).fault);
  const auto part = bench.wires().part("supply", *bench.entry("supply").link, WireUser::Owner);
  ASSERT_FALSE(part->begin(20ms).fault);

  EXPECT_EQ(part->open(kPatience).fault, DeviceFault::Busy);
  other.release();
  EXPECT_FALSE(part->open(kPatience).fault);
  part->end();
}

TEST(SharedWires, AWireThatCannotBeOpenedIsNotKeptFromOthers) {
  OwnedBench bench;
  const LinkAddress nobody{.kind = LinkKind::Tcp, .host = "127.0.0.1", .port = 1};
  const auto part = bench.wires().part("nobody", nobody, WireUser::Owner);
  ASSERT_FALSE(part->begin(kPatience).fault);

  EXPECT_EQ(part->open(kPatience).fault, DeviceFault::Unreachable);

  LinkLock other{bench.clock(), bench.locks(), make_link(nobody)->wire()};
  EXPECT_FALSE(other.take(0s).fault);
  part->end();
}

TEST(SharedWires, WorkOnADeviceWithoutAWireIsDoneAtOnce) {
  OwnedBench bench;
  bool done = false;

  bench.wires().in_one_turn("hall.csv", 0s, [&] { done = true; });

  EXPECT_TRUE(done);
}

TEST(WireServer, SaysWhereItsSocketCannotBe) {
  const BootClock clock;
  SharedWires wires{clock, {}};
  EXPECT_THROW(WireServer(WireServer::Parts{.wires = wires,
                                            .devices = {},
                                            .socket = "/no/such/folder/wires.sock",
                                            .objection = {},
                                            .say = {}}),
               std::system_error);
}

TEST(StationLink, SaysThatItsStationIniIsNotTheOwners) {
  const OwnedBench bench;
  const StationInstruments guest{bench.clock(),
                                 {bench.entry("supply")},
                                 bench.locks(),
                                 "station.ini",
                                 {.station = [&](const DeviceEntry& device) {
                                   auto claim = OwnedBench::claim(device, 7);
                                   claim.link = "tcp 10.0.0.1:5555";
                                   return StationWire{.socket = bench.socket(),
                                                      .claim = std::move(claim),
                                                      .returns_within = 0s};
                                 }}};

  const auto error = error_of([&] { guest.supply("supply")->identity(); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("station.ini was changed since"));
}

TEST(StationLink, SaysThatNoSocketCanHaveSoLongAPath) {
  const OwnedBench bench;
  const StationInstruments guest{bench.clock(),
                                 {bench.entry("supply")},
                                 bench.locks(),
                                 "station.ini",
                                 {.station = [](const DeviceEntry& device) {
                                   return StationWire{.socket = "/" + std::string(200, 'x'),
                                                      .claim = OwnedBench::claim(device, 7),
                                                      .returns_within = 0s};
                                 }}};

  const auto error = error_of([&] { guest.supply("supply")->identity(); });

  EXPECT_EQ(error.fault(), DeviceFault::Unreachable);
  EXPECT_THAT(error.what(), HasSubstr("File name too long"));
}

TEST(StationLink, JoinsAnOwnerThatWasStartedAnew) {
  OwnedBench bench;
  const auto guest = bench.guest(7, kPatience);
  const auto supply = guest.supply("supply");
  supply->identity();

  bench.end();
  bench.start();

  EXPECT_NO_THROW(supply->output(1));
}

TEST(StationLink, SaysThatItsOwnerHasGone) {
  OwnedBench bench;
  const auto guest = bench.guest();
  const auto supply = guest.supply("supply");
  supply->identity();

  bench.end();

  const auto error = error_of([&] { supply->output(1); });
  EXPECT_EQ(error.fault(), DeviceFault::Unreachable);
  EXPECT_THAT(error.what(), HasSubstr("start it again"));
}

TEST(StationLink, WhereNobodyOwnsTheWireItIsOpenedHere) {
  OwnedBench bench;
  bench.end();

  EXPECT_NO_THROW(bench.guest().supply("supply")->identity());
}

}  // namespace
}  // namespace fat

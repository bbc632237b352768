// Everything that the original's client did not survive (reference 1f), at every moment of a
// session.
#include <optional>

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/ports/device_error.hpp"
#include "fat/sim/station_thread.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr int kLinesOfAStart = 8;  // boot, setecho, log output, sdrop, four questions of identity

/// Long enough for a busy machine, short enough for a test.
IcebootTimeouts timeouts_of(Microseconds first_byte) {
  return {.link = {.connect = 2s,
                   .write = 500ms,
                   .first_byte = first_byte,
                   .between_bytes = first_byte / 2,
                   .whole_reply = 1s},
          .boot = first_byte};
}

template <typename Action>
std::optional<DeviceError> error_of(const Action& action) {
  try {
    action();
    return std::nullopt;
  } catch (const DeviceError& error) {
    return error;
  }
}

class IcebootFaultTest : public ::testing::Test {
 protected:
  ModuleEntry entry() {
    return {.serial = "DEgg2021-3-101",
            .path = {},
            .port = served_.station().ports()[0],
            .host = "127.0.0.1"};
  }

  /// A session that is open and well, then a fault on its next lines.
  std::unique_ptr<DetectorModule> open_then(const FaultScript& fault) {
    auto module = bench_.open(entry());
    served_.station().inject(0, fault);
    return module;
  }

  Microseconds since_start() const { return clock_.now().boot - start_; }

  BootClock clock_;
  Microseconds start_ = clock_.now().boot;
  IcebootBench bench_{clock_, timeouts_of(250ms)};
  IcebootBench hasty_{clock_, timeouts_of(50ms)};
  StationThread served_{{.modules = 1}};
};

TEST_F(IcebootFaultTest, AClosedConnectionIsAnErrorAtOnceAndNotASpin) {
  const auto module = open_then({.fault = LinkFault::Close, .times = -1});
  const auto before = since_start();

  const auto error = error_of([&] { module->configure_fpga("x"); });

  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), DeviceFault::Closed);
  EXPECT_THAT(error->what(), HasSubstr("closed the connection"));
  EXPECT_LT(since_start() - before, 2s);  // of the 10 s that the command may take
}

TEST_F(IcebootFaultTest, AReplyLaterThanItsTimeNeverAnswersTheNextQuestion) {
  const auto module = open_then({.fault = LinkFault::Late, .times = 1, .delay = 300ms});

  EXPECT_EQ(module->fpga_version(), 272);
  EXPECT_EQ(module->software_version(), 62);
  EXPECT_EQ(module->fpga_version(), 272);
}

TEST_F(IcebootFaultTest, ACommandThatMustNotBeRepeatedIsNot) {
  const auto module = open_then({.fault = LinkFault::Garbled, .times = 1});

  EXPECT_THROW(module->configure_fpga("some file"), DeviceError);
  EXPECT_EQ(module->software_version(), 62);
}

TEST_F(IcebootFaultTest, HalfAReplyIsNotAValue) {
  const auto module = open_then({.fault = LinkFault::HalfReply, .times = -1});

  EXPECT_THROW(module->read_slow_adc(SlowAdcChannel::Temperature), DeviceError);
}

TEST_F(IcebootFaultTest, AnErrorSaysDeviceLinkCommandReplyAndTime) {
  const auto module = open_then({.fault = LinkFault::Garbled, .times = -1});

  try {
    module->fpga_version();
    FAIL() << "no error";
  } catch (const DeviceError& error) {
    const std::string text = error.what();
    EXPECT_THAT(text, HasSubstr("DEgg2021-3-101: 127.0.0.1:" + std::to_string(entry().port)));
    EXPECT_THAT(text, HasSubstr("came back: \""));
    EXPECT_THAT(text, HasSubstr("\\x"));
    EXPECT_THAT(text, HasSubstr("took "));
  }
}

TEST_F(IcebootFaultTest, OneSpoiledReplyIsAskedForAgain) {
  for (const auto fault : {LinkFault::Mute,
                           LinkFault::Late,
                           LinkFault::HalfReply,
                           LinkFault::Close,
                           LinkFault::Garbled,
                           LinkFault::Duplicate,
                           LinkFault::Endless}) {
    const auto module = open_then({.fault = fault, .times = 1, .delay = 300ms});
    EXPECT_EQ(module->fpga_version(), 272) << to_string(fault);
    EXPECT_EQ(module->software_version(), 62) << to_string(fault);
  }
}

TEST_F(IcebootFaultTest, EveryFaultAtEveryLineOfASessionGivesTheRightValueOrAnError) {
  for (const auto fault : {LinkFault::Mute,
                           LinkFault::Late,
                           LinkFault::HalfReply,
                           LinkFault::Close,
                           LinkFault::Garbled,
                           LinkFault::Duplicate,
                           LinkFault::Endless}) {
    for (int skip = 0; skip < kLinesOfAStart + 2; ++skip) {
      served_.station().inject(0, {.fault = fault, .skip = skip, .times = 1, .delay = 60ms});
      try {
        const auto module = hasty_.open(entry());
        EXPECT_EQ(module->fpga_version(), 272) << to_string(fault) << skip;
        EXPECT_EQ(module->software_version(), 62) << to_string(fault) << skip;
      } catch (const DeviceError& error) {
        EXPECT_NE(error.fault(), DeviceFault::Refused) << error.what();
      }
    }
  }
}

TEST_F(IcebootFaultTest, AModuleThatStaysMuteIsGivenUpInBoundedTime) {
  const auto module = open_then({.fault = LinkFault::Mute, .times = -1});
  const auto before = since_start();

  EXPECT_THROW(module->fpga_version(), DeviceError);
  EXPECT_LT(since_start() - before, 3s);
}

TEST_F(IcebootFaultTest, AnEndlessReplyIsBounded) {
  const auto module = open_then({.fault = LinkFault::Endless, .times = -1});

  EXPECT_THROW(module->fpga_version(), DeviceError);
}

}  // namespace
}  // namespace fat

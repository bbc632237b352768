// Every instrument that is a table against its simulator, over the wire.
#include <functional>
#include <memory>

#include <gmock/gmock.h>

#include "devices/virtual_instruments.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::HasSubstr;

DeviceError fault_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const DeviceError& error) {
    return error;
  }
  return {DeviceFault::Closed, "nobody", "no error at all"};
}

/// What each instrument of the virtual bench is asked and told.
struct Example {
  const char* name;
  const char* identity;  ///< part of it
  const char* reads;     ///< a quantity
  double value;          ///< what it reads at the start
  double tolerance;
  const char* sets = "";  ///< a quantity; "": nothing can be set
  double sets_to = 0;
  double too_much = 0;

  friend std::ostream& operator<<(std::ostream& out, const Example& one) { return out << one.name; }
};

class TableInstrumentTest : public ::testing::TestWithParam<Example> {
 protected:
  std::unique_ptr<Instrument> open() const { return bench_.drivers().instrument(GetParam().name); }

  VirtualInstruments bench_{{}, "300 ms"};  // a busy machine answers within that
};

TEST_P(TableInstrumentTest, SaysWhoItIsAndWhatItMeasures) {
  const auto instrument = open();

  EXPECT_THAT(instrument->identity(), HasSubstr(GetParam().identity));
  EXPECT_NEAR(instrument->read(GetParam().reads, 1), GetParam().value, GetParam().tolerance);
}

TEST_P(TableInstrumentTest, ReadsBackWhatWasSet) {
  const auto& example = GetParam();
  const auto instrument = open();
  if (*example.sets == '\0') {
    EXPECT_EQ(fault_of([&] { instrument->set(example.reads, 1, 1); }).fault(),
              DeviceFault::Refused);
    return;
  }
  instrument->set(example.sets, 1, example.sets_to);
  EXPECT_NEAR(instrument->read(example.sets, 1), example.sets_to, example.tolerance);
  const auto error = fault_of([&] { instrument->set(example.sets, 1, example.too_much); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("nothing was sent"));
  EXPECT_NEAR(instrument->read(example.sets, 1), example.sets_to, example.tolerance);
}

TEST_P(TableInstrumentTest, KnowsNoOtherQuantitiesAndInputs) {
  const auto instrument = open();

  EXPECT_THAT(fault_of([&] { instrument->read("colour", 1); }).what(),
              HasSubstr("has no quantity 'colour'"));
  EXPECT_THAT(fault_of([&] { instrument->read(GetParam().reads, 0); }).what(), HasSubstr("not 0"));
}

// Mute, late, half a reply, hung up, a damaged byte, twice, without end: at every moment the right
// value or an error, and the right value afterwards.
TEST_P(TableInstrumentTest, GivesTheRightValueOrAnErrorAndRecovers) {
  const auto& example = GetParam();
  for (const auto fault : {LinkFault::Mute,
                           LinkFault::Late,
                           LinkFault::HalfReply,
                           LinkFault::Close,
                           LinkFault::Garbled,
                           LinkFault::Duplicate}) {
    const auto instrument = open();
    ASSERT_NEAR(instrument->read(example.reads, 1), example.value, example.tolerance);
    bench_.station().inject(
        example.name,
        {.fault = fault, .skip = 0, .times = 1, .delay = std::chrono::milliseconds{400}});
    try {
      EXPECT_NEAR(instrument->read(example.reads, 1), example.value, example.tolerance)
          << to_string(fault);
    } catch (const DeviceError& error) {
      EXPECT_NE(error.fault(), DeviceFault::Refused) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(example.name));
    }
    EXPECT_NEAR(instrument->read(example.reads, 1), example.value, example.tolerance)
        << to_string(fault);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Instruments,
    TableInstrumentTest,
    ::testing::Values(
        Example{"supply", "DP932U", "voltage", 0, 0.01, "voltage_setpoint", 12, 32.1},
        Example{"source_meter", "MODEL 2410", "output", 0, 0.01, "voltage_setpoint", -150, -210.5},
        Example{"cold_thermometer", "MODEL218", "temperature", 87.3, 0.01},
        Example{"freezer", "FP50", "running", 0, 0.01, "setpoint", -12.5, -50.5},
        Example{"chiller", "VC", "temperature", 20, 0.01, "setpoint", -12.5, -50.5},
        Example{"high_voltage", "N1470", "voltage", 0, 0.05, "voltage_setpoint", 300, 1001},
        Example{
            "desktop_high_voltage", "DT8033N", "voltage", 0, 0.05, "voltage_setpoint", 300, 1001},
        Example{"tube_supply", "XRV160", "voltage", 0, 8, "voltage_setpoint", 500, 1001},
        Example{"drift_supply", "XRV160", "voltage", 0, 8, "voltage_setpoint", 500, 1001},
        Example{"vacuum", "0", "pressure", 1.3e-3, 1e-6, "unit", 0, 3},
        Example{"fore_vacuum", "MBAR", "pressure", 1.3e-3, 1e-6},
        Example{"gauge", "CRUDE", "pressure", 0.0125, 1e-6}),
    [](const auto& one) { return std::string{one.param.name}; });

TEST(SourceMeter, MeasuresNothingWhileItsOutputIsOff) {
  const VirtualInstruments bench;
  const auto meter = bench.drivers().instrument("source_meter");

  const auto error = fault_of([&] { meter->read("current", 1); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("its output is off"));
}

TEST(SourceMeter, IsSafeWithItsOutputOff) {
  const VirtualInstruments bench;
  const auto meter = bench.drivers().instrument("source_meter");
  meter->set("voltage_setpoint", 1, 200);
  meter->set("current_limit", 1, 1e-5);
  meter->set("output", 1, 1);
  EXPECT_THAT(meter->read("current", 1), DoubleNear(1e-5, 1e-9));
  EXPECT_THAT(meter->read("voltage", 1), DoubleNear(100, 1e-3));  // in compliance
  EXPECT_EQ(meter->read("compliance", 1), 1);

  meter->make_safe();

  EXPECT_EQ(meter->read("output", 1), 0);
}

TEST(HeaterSupply, IsSafeWithAllOutputsOff) {
  const VirtualInstruments bench;
  const auto supply = bench.drivers().instrument("supply");
  for (const int input : {1, 2}) {
    supply->set("current_limit", input, 3);
    supply->set("voltage_setpoint", input, 32);
    supply->set("output", input, 1);
  }
  EXPECT_THAT(supply->read("power", 2), DoubleNear(70.1, 0.3));  // reference 1.1: about 70 W

  supply->make_safe();

  EXPECT_EQ(supply->read("output", 1) + supply->read("output", 2), 0);
  EXPECT_THAT(supply->read("power", 1), DoubleNear(0, 0.01));
}

// An open sensor reads as 0 K on its own: reference 1.1, defect (e).
TEST(LakeShore, RefusesTheZeroOfAnOpenSensor) {
  VirtualInstruments bench;
  const auto thermometer = bench.drivers().instrument("cold_thermometer");
  bench.station().obey("fault cold_thermometer open channel=3");

  const auto error = fault_of([&] { thermometer->read("temperature", 3); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("over range"), HasSubstr("connected?")));
  EXPECT_THAT(thermometer->read("temperature", 4), DoubleNear(90.3, 0.01));
}

TEST(Chiller, RefusesWithTheInstrumentsOwnWords) {
  const VirtualInstruments bench;
  const auto chiller = bench.drivers().instrument("chiller");

  const auto error = fault_of([&] { chiller->read("external_temperature", 1); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("ERR_8"));
}

TEST(Chiller, IsStartedAndFollows) {
  VirtualInstruments bench;
  const auto chiller = bench.drivers().instrument("chiller");
  chiller->set("setpoint", 1, 20.1);
  chiller->set("running", 1, 1);
  EXPECT_EQ(chiller->read("running", 1), 1);
  chiller->set("running", 1, 0);
  EXPECT_EQ(chiller->read("running", 1), 0);
  bench.station().obey("fault chiller low-level");

  EXPECT_EQ(chiller->read("status", 1), -1);
  EXPECT_EQ(chiller->read("faults", 1), 0b10001);
  EXPECT_EQ(fault_of([&] { chiller->set("running", 1, 1); }).fault(), DeviceFault::Refused);
}

TEST(Circulator, IsNotSetInLocalMode) {
  VirtualInstruments bench;
  bench.station().obey("fault freezer local");
  const auto circulator = bench.drivers().instrument("freezer");

  const auto error = fault_of([&] { circulator->set("setpoint", 1, -10); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("switch it to remote control"));
}

class CaenTest : public ::testing::TestWithParam<const char*> {
 protected:
  /// Asks until it says so; a second at most.
  bool reaches(Instrument& supply, const std::string& quantity, double value) {
    for (const auto end = bench_.clock().now().boot + std::chrono::seconds{10};
         bench_.clock().now().boot < end;) {
      if (std::abs(supply.read(quantity, 2) - value) < 0.06) {
        return true;
      }
    }
    return false;
  }

  VirtualInstruments bench_;
};

TEST_P(CaenTest, RampsUpAndIsSafeByRampingDown) {
  const auto supply = bench_.drivers().instrument(GetParam());
  supply->set("voltage_setpoint", 2, 300);
  supply->set("ramp_up", 2, 500);
  supply->set("ramp_down", 2, 20);
  supply->set("off_by_ramp", 2, 0);
  supply->set("output", 2, 1);
  EXPECT_TRUE(reaches(*supply, "voltage", 300));
  EXPECT_NEAR(supply->read("current", 2), 30e-6, 1e-8);

  supply->make_safe();

  EXPECT_EQ(supply->read("off_by_ramp", 2), 1);
  EXPECT_GT(supply->read("voltage", 2), 100);  // on its way down
  EXPECT_EQ(supply->read("ramping", 2), 1);
  EXPECT_TRUE(reaches(*supply, "voltage", 0));
  EXPECT_TRUE(reaches(*supply, "output", 0));
}

TEST_P(CaenTest, TellsATripAndAnUnheardSetting) {
  const auto supply = bench_.drivers().instrument(GetParam());
  supply->set("voltage_setpoint", 2, 300);
  supply->set("current_limit", 2, 10e-6);
  supply->set("ramp_up", 2, 500);
  supply->set("output", 2, 1);
  EXPECT_TRUE(reaches(*supply, "tripped", 1));

  EXPECT_EQ(fault_of([&] { supply->set("output", 2, 1); }).fault(), DeviceFault::Refused);
}

TEST_P(CaenTest, CountsASettingThatWasNotAnsweredWhenItReadsBack) {
  const auto supply = bench_.drivers().instrument(GetParam());
  bench_.station().obey(std::string{"fault "} + GetParam() + " silent-when-set");

  supply->set("voltage_setpoint", 1, 123.4);

  EXPECT_EQ(supply->read("voltage_setpoint", 1), 123.4);
}

TEST_P(CaenTest, IsRefusedInLocalMode) {
  const auto supply = bench_.drivers().instrument(GetParam());
  bench_.station().obey(std::string{"fault "} + GetParam() + " local");

  const auto error = fault_of([&] { supply->set("voltage_setpoint", 1, 100); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("LOC:ERR"));
}

INSTANTIATE_TEST_SUITE_P(Forms,
                         CaenTest,
                         ::testing::Values("high_voltage", "desktop_high_voltage"));

TEST(Spellman, IsSwitchedOnMeasuresAndIsMadeSafe) {
  VirtualInstruments bench;
  for (const auto* const name : {"tube_supply", "drift_supply"}) {
    const auto supply = bench.drivers().instrument(name);
    supply->set("voltage_setpoint", 1, 900);
    supply->set("output", 1, 1);
    EXPECT_NEAR(supply->read("voltage", 1), 900, 9) << name;

    supply->make_safe();

    EXPECT_EQ(supply->read("output", 1), 0) << name;
    EXPECT_EQ(supply->read("voltage_setpoint", 1), 0) << name;
    bench.station().obey(std::string{"fault "} + name + " interlock-open");
    const auto error = fault_of([&] { supply->set("output", 1, 1); });
    EXPECT_EQ(error.fault(), DeviceFault::Refused) << name;
    EXPECT_EQ(supply->read("interlock", 1), 1) << name;
  }
}

TEST(Gauges, RefuseWhatIsNoPressureInMillibar) {
  VirtualInstruments bench;
  const auto& drivers = bench.drivers();
  bench.station().obey("fault vacuum no-sensor channel=2");
  bench.station().obey("fault fore_vacuum no-gauge channel=4");
  EXPECT_THAT(fault_of([&] { drivers.instrument("vacuum")->read("pressure", 2); }).what(),
              HasSubstr("no sensor"));
  EXPECT_THAT(fault_of([&] { drivers.instrument("fore_vacuum")->read("pressure", 4); }).what(),
              HasSubstr("no gauge"));

  bench.station().obey("fault vacuum torr");
  bench.station().obey("fault fore_vacuum torr");

  for (const auto* const name : {"vacuum", "fore_vacuum"}) {
    const auto error = fault_of([&] { drivers.instrument(name)->read("pressure", 1); });
    EXPECT_EQ(error.fault(), DeviceFault::Refused);
    EXPECT_THAT(error.what(), HasSubstr("it does not show mbar"));
  }
  const auto vacuum = drivers.instrument("vacuum");
  vacuum->set("unit", 1, 0);
  EXPECT_NEAR(vacuum->read("pressure", 1), 1.3e-3, 1e-6);
}

}  // namespace
}  // namespace fat

// A setting counts when it reads back; and who answers is the instrument that it was.
#include <algorithm>
#include <functional>
#include <memory>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "devices/afg_generator.hpp"
#include "devices/field_hub_controller.hpp"
#include "devices/filter_wheel.hpp"
#include "devices/iceboot_readout.hpp"
#include "devices/julabo_freezer.hpp"
#include "devices/rigol_supply.hpp"
#include "devices/scripted_instruments.hpp"
#include "devices/table_instrument.hpp"

namespace fat {
namespace {

using Form = ScriptedInstrument::Form;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

DeviceError read_back_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const DeviceError& error) {
    return error;
  }
  return {DeviceFault::Closed, "nobody", "no error at all"};
}

Says generator_says() {
  return {{"*IDN?", "TEKTRONIX,AFG3101,C1,SCPI:99.0"},
          {"SYST:ERR?", "0,\"No error\""},
          {"source1:function:shape?", "SIN"},
          {"source1:voltage:unit?", "VPP"},
          {"source1:frequency?", "100"},
          {"source1:voltage:amplitude?", "2"},
          {"source1:voltage:offset?", "0.5"},
          {"source1:burst:state?", "1"},
          {"output1:state?", "0"}};
}

/// A query that lies, and the setting that it betrays.
struct Lie {
  const char* query;
  const char* says;
  const char* setting;
};

TEST(AfgGenerator, TakesNoSignalThatReadsBackDifferently) {
  for (const auto& lie : {Lie{"source1:function:shape?", "RAMP", "source1:function:shape SIN"},
                          Lie{"source1:voltage:unit?", "DBM", "source1:voltage:unit VPP"},
                          Lie{"source1:frequency?", "101", "source1:frequency 100"},
                          Lie{"source1:voltage:amplitude?", "2.1", "source1:voltage:amplitude 2"},
                          Lie{"source1:voltage:offset?", "0", "source1:voltage:offset 0.5"}}) {
    ScriptedInstrument instrument{Form::Scpi, generator_says()};
    AfgGenerator generator{instrument.parts()};
    const GeneratorSignal signal{SignalShape::Sine, 100, 2, 0.5};
    EXPECT_NO_THROW(generator.set_signal(signal));
    instrument.says[lie.query] = lie.says;

    const auto error = read_back_error([&] { generator.set_signal(signal); });

    EXPECT_EQ(error.fault(), DeviceFault::Refused) << lie.query;
    EXPECT_THAT(error.what(),
                HasSubstr(fmt::format("'{}': was taken, but reads back differently; came back: "
                                      "\"{}\"",
                                      lie.setting,
                                      lie.says)));
  }
}

TEST(AfgGenerator, IsOnOrBurstsWhenItSaysSo) {
  ScriptedInstrument instrument{Form::Scpi, generator_says()};
  AfgGenerator generator{instrument.parts()};

  EXPECT_THAT(read_back_error([&] { generator.set_output(true); }).what(),
              AllOf(HasSubstr("'output1:state on'"), HasSubstr("came back: \"off\"")));
  EXPECT_THAT(read_back_error([&] { generator.set_burst(0); }).what(),
              AllOf(HasSubstr("'source1:burst:state off'"), HasSubstr("came back: \"on\"")));
}

TEST(AfgGenerator, DoesNotGuessAShapeThatItDoesNotKnow) {
  ScriptedInstrument instrument{Form::Scpi, generator_says()};
  instrument.says["source1:function:shape?"] = "EFILE";
  AfgGenerator generator{instrument.parts()};

  const auto error = read_back_error([&] { generator.signal(); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("EFILE"));
}

TEST(ScpiSession, SpeaksToNoOtherModelAndToNoOtherInstrument) {
  ScriptedInstrument other{Form::Scpi, generator_says()};
  other.says["*IDN?"] = "RIGOL TECHNOLOGIES,DP932U,1,00.01";
  AfgGenerator wrong{other.parts()};
  const auto no_model = read_back_error([&] { wrong.identity(); });
  EXPECT_EQ(no_model.fault(), DeviceFault::Garbled);
  EXPECT_THAT(no_model.what(), HasSubstr("this is not a AFG3"));

  ScriptedInstrument instrument{Form::Scpi, generator_says()};
  AfgGenerator generator{instrument.parts()};
  EXPECT_EQ(generator.identity(), "TEKTRONIX,AFG3101,C1,SCPI:99.0");
  instrument.says["*IDN?"] = "TEKTRONIX,AFG3101,C2,SCPI:99.0";
  instrument.link->push({.bytes = "1\n"});  // it is opened and asked again

  const auto error = read_back_error([&] { generator.output(); });

  EXPECT_EQ(error.fault(), DeviceFault::Garbled);
  EXPECT_THAT(error.what(), HasSubstr("another instrument answers now, it was TEKTRONIX"));
}

TEST(RigolSupply, TakesNoSetpointThatReadsBackDifferently) {
  ScriptedInstrument instrument{Form::Scpi,
                                {{"*IDN?", "RIGOL TECHNOLOGIES,DP932U,1,00.01"},
                                 {"SYST:ERR?", "0,\"No error\""},
                                 {":SOUR1:CURR?", "2.000"},
                                 {":SOUR1:VOLT?", "12.010"}}};
  RigolSupply supply{instrument.parts(), {}};

  const auto error = read_back_error([&] { supply.set(1, 12, 2); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("':SOUR1:VOLT 12.000'"), HasSubstr("came back: \"12.010\"")));
}

Says julabo_says() {
  return {{"VERSION", "JULABO TOPTECH-SERIES FP50 V3.0"},
          {"STATUS", "03 REMOTE START"},
          {"IN_SP_00", "-40.00"},
          {"IN_PV_00", "21.50"},
          {"IN_MODE_05", "1"}};
}

TEST(JulaboFreezer, IsSetWhenItsSetpointReadsBackAndItRuns) {
  const auto says_of = [](const char* query, const char* says) {
    ScriptedInstrument instrument{Form::Lines, julabo_says()};
    instrument.says[query] = says;
    JulaboFreezer freezer{instrument.parts(), {}};
    return std::string{read_back_error([&] { freezer.set_target(-40); }).what()};
  };

  EXPECT_THAT(says_of("STATUS", "03 REMOTE START"), HasSubstr("no error at all"));
  EXPECT_THAT(says_of("IN_SP_00", "-39.00"),
              HasSubstr("OUT_SP_00 -40.00 reads back as -39.00, and it runs"));
  EXPECT_THAT(says_of("IN_MODE_05", "0"), HasSubstr("and it does not run"));
  EXPECT_THAT(says_of("STATUS", "-01 LOW LEVEL ALARM"),
              HasSubstr("\"-01 LOW LEVEL ALARM\": mend that first"));
}

TEST(LineSession, SpeaksToNoOtherInstrument) {
  ScriptedInstrument instrument{Form::Lines, julabo_says()};
  JulaboFreezer freezer{instrument.parts(), {}};
  EXPECT_EQ(freezer.temperature(), 21.5);
  instrument.says["VERSION"] = "JULABO FP89 V2.0";
  instrument.link->push({.bytes = "1\n"});

  const auto error = read_back_error([&] { freezer.temperature(); });

  EXPECT_EQ(error.fault(), DeviceFault::Garbled);
  EXPECT_THAT(error.what(), HasSubstr("another instrument answers now, it was JULABO TOPTECH"));
}

TEST(FilterWheel, IsDarkWhenItSaysSo) {
  ScriptedInstrument instrument{
      Form::Wheel, {{"*idn?", "THORLABS FW102C"}, {"sensors=0", ""}, {"sensors?", "1"}}};
  FilterWheelFw102c wheel{instrument.parts()};

  const auto error = read_back_error([&] { wheel.darken(); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("its lights are still on"));
}

std::string hub_request(const char* command, int device) {
  return fmt::format(R"({{"command":"{}","device":{}}})", command, device);
}

TEST(FieldHub, HasPowerWhenTheWirePairHasIt) {
  ManualClock clock;
  double volts = 96;
  auto link = std::make_unique<ScriptedLink>(clock, [&](const std::string& line) {
    std::string value = line == hub_request("wp_current", 8) ? "0" : "[8]";
    if (line == hub_request("wp_voltage", 8)) {
      value = fmt::format("{:.0f}", volts);
    }
    if (line == hub_request("probe", 1)) {
      return std::vector<Piece>{};
    }
    return std::vector{Piece{.bytes = fmt::format(R"({{"status":"OK","value":{}}})", value)}};
  });
  FieldHubController hub{
      {.clock = clock, .device = "hub", .link = std::move(link), .timeouts = {}, .locks = {}}};

  EXPECT_THAT(read_back_error([&] { hub.set_wire_pair_power(false); }).what(),
              HasSubstr("wp_off was taken, but the pair has 96.0 V"));
  volts = 0;
  EXPECT_THAT(read_back_error([&] { hub.set_wire_pair_power(true); }).what(),
              HasSubstr("wp_on was taken, but the pair has 0.0 V"));
  // A controller that says nothing is not a module that is not there.
  EXPECT_EQ(read_back_error([&] { hub.probe(1); }).fault(), DeviceFault::Timeout);
}

class IcebootScript : public ::testing::Test {
 protected:
  ScriptedInstrument module_{Form::Iceboot,
                             {{"getBoardType .s drop", "<1> 7 "},
                              {"softwareVersion .s drop", "<1> 62 "},
                              {"printSoftwareId", "0123"},
                              {"flashID", "aa01"}}};
  IcebootSession session_{module_.parts(), std::chrono::seconds{5}};
};

TEST_F(IcebootScript, AnotherModuleAtTheSameAddressIsNotSpokenTo) {
  session_.open();
  module_.says["flashID"] = "aa02";

  const auto error = read_back_error([&] { session_.open(); });

  EXPECT_EQ(error.fault(), DeviceFault::Garbled);
  EXPECT_THAT(error.what(), HasSubstr("another module answers now, it was aa01"));
}

TEST_F(IcebootScript, EachTriggerHasItsOwnLines) {
  IcebootReadout readout{session_};
  const auto lines = [&](TriggerSource source) {
    module_.heard.clear();
    readout.arm(1, source, 8020);
    return module_.heard;
  };
  session_.open();

  using ::testing::ElementsAre;
  EXPECT_THAT(lines(TriggerSource::None), ElementsAre("disableDEggTriggers"));
  EXPECT_THAT(lines(TriggerSource::Threshold),
              ElementsAre("1 8020 setDEggADCTriggerThreshold", "1 enableDEggADCTrigger"));
  EXPECT_THAT(lines(TriggerSource::Fir),
              ElementsAre("1 8020 setDEggFIRTriggerThreshold", "1 enableDEggFIRTrigger"));
  EXPECT_THAT(lines(TriggerSource::External), ElementsAre("1 enableDEggExternalTrigger"));
}

/// The table of station.ini's kind, at a scripted link.
TableInstrument table_instrument(ScriptedInstrument& instrument, const char* kind) {
  const auto& table = *std::ranges::find(instrument_tables(), kind, &InstrumentTable::kind);
  DeviceEntry entry;
  entry.name = "instrument";
  entry.kind = kind;
  return {table, instrument.parts(), TableParameters{table.parameters, entry}};
}

TEST(TableInstrument, TriesToMakeEveryChannelSafeAndSaysTheFirstThatIsNot) {
  ScriptedInstrument instrument{Form::Scpi,
                                {{"*IDN?", "RIGOL TECHNOLOGIES,DP932U,1,00.01"},
                                 {"SYST:ERR?", "0,\"No error\""},
                                 {":OUTP? CH1", "1"},
                                 {":OUTP? CH2", "1"},
                                 {":OUTP? CH3", "0"}}};
  auto supply = table_instrument(instrument, "rigol_dp900");

  const auto error = read_back_error([&] { supply.make_safe(); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("CH1"));
  for (const auto* const line : {":OUTP CH1,OFF", ":OUTP CH2,OFF", ":OUTP CH3,OFF"}) {
    EXPECT_THAT(instrument.heard, Contains(line));
  }
}

TEST(TableInstrument, ASettingWhoseAnswerIsLostAndThatReadsBackDifferentlyIsThatLoss) {
  ScriptedInstrument instrument{
      Form::Scpi, {{"*IDN?", "RIGOL TECHNOLOGIES,DP932U,1,00.01"}, {":OUTP? CH1", "1"}}};
  auto supply = table_instrument(instrument, "rigol_dp900");

  EXPECT_NO_THROW(supply.set("output", 1, 1));  // it was heard all the same
  EXPECT_EQ(read_back_error([&] { supply.set("output", 1, 0); }).fault(), DeviceFault::Timeout);
}

TEST(TableInstrument, TakesNoAnswerOfAnotherFormAndItsRefusalForWords) {
  ScriptedInstrument instrument{Form::Lines, julabo_says()};
  auto circulator = table_instrument(instrument, "julabo");
  EXPECT_EQ(circulator.read("temperature", 1), 21.5);

  instrument.says["IN_PV_00"] = "warm";
  EXPECT_EQ(read_back_error([&] { circulator.read("temperature", 1); }).fault(),
            DeviceFault::Garbled);
  EXPECT_FALSE(instrument.link->is_open);
  instrument.says["IN_PV_00"] = "-08 INVALID COMMAND";
  const auto error = read_back_error([&] { circulator.read("temperature", 1); });
  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("-08 INVALID COMMAND"));
  instrument.says["STATUS"] = "-01 LOW LEVEL ALARM";
  EXPECT_THAT(read_back_error([&] { circulator.set("setpoint", 1, -40); }).what(),
              HasSubstr("mend that first"));
}

// At whichever send or receive the link is lost: the right value, or an error, and then the right
// value.
TEST(Sessions, GiveTheRightValueOrAnErrorWhereverTheLinkIsLost) {
  const auto scpi = [](SessionParts parts) {
    return std::function{[generator = std::make_shared<AfgGenerator>(std::move(parts))] {
      return static_cast<int>(generator->signal().amplitude);
    }};
  };
  const auto lines = [](SessionParts parts) {
    return std::function{
        [freezer = std::make_shared<JulaboFreezer>(std::move(parts), JulaboSettings{})] {
          return static_cast<int>(freezer->target().value_or(0));
        }};
  };
  const auto wheel = [](SessionParts parts) {
    return std::function{[wheel = std::make_shared<FilterWheelFw102c>(std::move(parts))] {
      return wheel->position();
    }};
  };

  struct Case {
    const char* name;
    Form form;
    Says says;
    std::function<std::function<int()>(SessionParts)> open;
    int right;
  };

  for (const auto& one :
       {Case{"scpi", Form::Scpi, generator_says(), scpi, 2},
        Case{"lines", Form::Lines, julabo_says(), lines, -40},
        Case{"wheel", Form::Wheel, {{"*idn?", "THORLABS FW102C"}, {"pos?", "3"}}, wheel, 3}}) {
    int lost = 0;
    for (int call = 0; lost == call; ++call) {
      ScriptedInstrument instrument{one.form, one.says};
      const auto ask = one.open(instrument.parts());
      instrument.link->calls_until_lost = call;
      int said = one.right;
      const auto error = read_back_error([&] { said = ask(); });
      lost += instrument.link->calls_until_lost < 0 ? 1 : 0;
      EXPECT_EQ(said, one.right) << one.name << " " << call;
      EXPECT_NE(error.fault(), DeviceFault::Refused) << one.name << " " << call;
      EXPECT_EQ(ask(), one.right) << one.name << " " << call;
    }
    EXPECT_GT(lost, 5) << one.name;
  }
}

}  // namespace
}  // namespace fat

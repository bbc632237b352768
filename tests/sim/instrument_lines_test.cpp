// Line by line what the virtual instruments answer, as their manuals have it: what is known, what
// is out of range, and what is nothing at all.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/bench_instruments.hpp"
#include "sim/high_voltage.hpp"
#include "sim/pressure_gauges.hpp"
#include "sim/scpi_instruments.hpp"
#include "sim/slow_instruments.hpp"
#include "sim/virtual_crate.hpp"
#include "sim/virtual_module.hpp"
#include "sim/virtual_plant.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

struct Spoken {
  std::string line;
  std::string answer;  ///< both without their ends
};

/// Speaks the lines in this order.
void expect_answers(VirtualDevice& device,
                    const std::string& line_end,
                    const std::string& answer_end,
                    const std::vector<Spoken>& lines) {
  for (const auto& [line, answer] : lines) {
    device.receive(line + line_end, 60s);
    EXPECT_EQ(device.take_output(60s), answer.empty() ? "" : answer + answer_end) << line;
  }
}

std::shared_ptr<BenchModel> bench() {
  return std::make_shared<BenchModel>(1, 1);
}

TEST(VirtualWheel, KnowsItsWordsAndTheirValues) {
  VirtualWheel wheel{bench(), 0};
  const std::string invalid = "Command error CMD_ARG_INVALID";
  for (const auto& [line, value] :
       std::vector<Spoken>{{"speed?", "1"},
                           {"speed=0", ""},
                           {"speed?", "0"},
                           {"trig=1", ""},
                           {"trig?", "1"},
                           {"save", ""},
                           {"speed=2", invalid},
                           {"pos=nan", invalid},
                           {"pos=1e300", invalid},
                           {"colour=1", "Command error CMD_NOT_DEFINED"}}) {
    wheel.receive(line + "\r", 60s);
    const auto* const end = value.empty() ? "> " : "\r> ";
    EXPECT_EQ(wheel.take_output(70s), fmt::format("{}\r{}{}", line, value, end));
  }
}

TEST(VirtualChiller, SaysInItsStatusWhatWasWrongWithASetting) {
  VirtualChiller chiller{bench()};
  expect_answers(chiller,
                 "\r",
                 "\r\n",
                 {{"OUT_SP_00 101", ""},
                  {"STATUS", "-11 VALUE OUT OF RANGE"},
                  {"OUT_SP_00 -81", ""},
                  {"STATUS", "-10 VALUE OUT OF RANGE"},
                  {"OUT_SP_00 cold", ""},
                  {"STATUS", "-08 INVALID COMMAND"},
                  {"OUT_SP_00 nan", ""},
                  {"STATUS", "-08 INVALID COMMAND"},
                  {"OUT_MODE_07 1", ""},
                  {"STATUS", "-08 INVALID COMMAND"},
                  {"IN_NOTHING", ""},
                  {"STATUS", "-08 INVALID COMMAND"},
                  {"STATUS", "02 REMOTE STOP"},
                  {"IN_PV_01", "0"},
                  {"OUT_MODE_05 1", ""},
                  {"IN_PV_01", "-60"}});
  chiller.set_remote(false);
  expect_answers(chiller,
                 "\r",
                 "\r\n",
                 {{"OUT_MODE_05 0", ""},
                  {"STATUS", "-09 COMMAND NOT ALLOWED IN CURRENT OPERATING MODE"},
                  {"STATUS", "01 MANUAL START"}});
  chiller.set_own_fault("low-level", 0, true, 60s);
  expect_answers(chiller, "\r", "\r\n", {{"STATUS", "-01 LOW LEVEL ALARM"}, {"IN_MODE_05", "0"}});
}

/// At port 0 of its request the hub's socket names the client.
std::string hub_answer(VirtualFieldHub& hub, const std::string& command, int device) {
  hub.receive(fmt::format(R"(7 {{"command":"{}","device":{}}})", command, device) + "\n", 60s);
  return hub.take_output(60s);
}

TEST(VirtualFieldHub, KnowsTheCommandsOfThePairAndOfTheBoards) {
  const auto model = bench();
  VirtualFieldHub hub{model, 0, 1};
  using ::testing::HasSubstr;

  EXPECT_THAT(hub_answer(hub, "get_icm_time", 8), HasSubstr("0x0000012a05f200"));
  EXPECT_THAT(hub_answer(hub, "disconnect_all", 8), HasSubstr("OK"));
  for (const auto* const command : {"fpga_reconfig", "term_enable", "lid_enable", "disconnect"}) {
    EXPECT_THAT(hub_answer(hub, command, 0), HasSubstr("OK")) << command;
  }
  EXPECT_THAT(hub_answer(hub, "probe", 8), HasSubstr("OK"));  // the controller itself
  EXPECT_THAT(hub_answer(hub, "dance", 0), HasSubstr("?UNKNOWN"));
  model->modules.at(0).dead = true;
  EXPECT_THAT(hub_answer(hub, "probe", 0), HasSubstr("?NOREPLY"));
}

TEST(VirtualCaen, AnswersBoardChannelsAndErrors) {
  VirtualCaen caen{0, 4, 1};
  caen.set_own_fault("tripped", 2, true, 60s);
  expect_answers(caen,
                 "\r\n",
                 "\r\n",
                 {{"$BD:00,CMD:MON,PAR:BDNCH", "#BD:00,CMD:OK,VAL:4"},
                  {"$BD:00,CMD:MON,PAR:BDCTR", "#BD:00,CMD:OK,VAL:REMOTE"},
                  {"$BD:00,CMD:MON,PAR:BDILK", "#BD:00,CMD:OK,VAL:NO"},
                  {"$BD:00,CMD:MON,PAR:BDALARM", "#BD:00,CMD:OK,VAL:00004"},
                  {"$BD:00,CMD:MON,PAR:BDNONE", "#BD:00,PAR:ERR"},
                  {"$BD:00,CMD:DANCE", "#BD:00,CMD:ERR"},
                  {"$BD:01,CMD:MON,PAR:BDNCH", ""},
                  {"$BD:00,CMD:SET,CH:1,PAR:COLOUR,VAL:1", "#BD:00,PAR:ERR"},
                  {"$BD:00,CMD:SET,CH:1,PAR:VSET,VAL:9000", "#BD:00,VAL:ERR"},
                  {"$BD:00,CMD:SET,CH:1,PAR:VSET,VAL:nan", "#BD:00,VAL:ERR"},
                  {"$BD:00,CMD:SET,CH:4,PAR:ON", "#BD:00,CH:ERR"},
                  {"$BD:00,CMD:SET,CH:nan,PAR:ON", "#BD:00,CH:ERR"},
                  {"$BD:00,CMD:MON,CH:-1,PAR:VSET", "#BD:00,CH:ERR"}});
}

TEST(VirtualSpellman, AnswersItsCommandsAndErrors) {
  VirtualSpellman supply{VirtualSpellman::Wire::Network, 99};
  const auto ask = [&](const std::string& text) {
    supply.receive("\x02" + text + "\x03", 60s);
    return supply.take_output(60s);
  };
  const auto said = [](const std::string& text) { return "\x02" + text + "\x03"; };

  EXPECT_EQ(ask("11,100,"), said("11,$,"));
  EXPECT_EQ(ask("15,"), said("15,100,"));
  EXPECT_EQ(ask("21,"), said("21,123.4,"));
  EXPECT_EQ(ask("77,1,"), said("77,!,2,"));
  EXPECT_EQ(ask("10,4096,"), said("10,!,1,"));
  EXPECT_EQ(ask("1e300,1,"), said("1e300,!,2,"));
  supply.set_own_fault("tripped", 0, true, 60s);
  EXPECT_EQ(ask("99,1,"), said("99,!,3,"));
  EXPECT_EQ(ask("31,"), said("31,$,"));
  EXPECT_EQ(ask("99,1,"), said("99,$,"));

  VirtualSpellman serial{VirtualSpellman::Wire::Serial, 98};
  for (const auto& wrong : {"28,j\x03"s,
                            "\x02"
                            "28,k\x03"s,
                            "\x02\x03"s}) {
    serial.receive(wrong, 60s);
    EXPECT_EQ(serial.take_output(60s), "") << wrong;  // without a start, a wrong checksum, none
  }
}

TEST(VirtualGauges, SayNothingOrNoToWhatTheyDoNotKnow) {
  VirtualPfeiffer pfeiffer;
  expect_answers(pfeiffer, "\r\n", "\r\n", {{"PR9", "\x15"}, {"UNI,7", "\x15"}});
  VirtualMks mks{253};
  mks.receive("@253PR1?;FF@253PR7?;FF@254PR1?;FFPR1?;", 60s);
  EXPECT_EQ(mks.take_output(60s), "@253ACK1.30E-03;FF@253NAK160;FF");
}

TEST(VirtualGenerator, KnowsUnitsLimitsAndItsErrors) {
  VirtualGenerator generator;
  const std::string missing = "-109,\"Missing parameter\"";
  expect_answers(generator,
                 "\n",
                 "\n",
                 {{"source1:frequency 2 kHz;;:source1:frequency?", "2.000000E+03"},
                  {":freq:fix 3 MHz;:freq?", "3.000000E+06"},
                  {":volt 500 mVpp;:volt?", "5.000000E-01"},
                  {":freq MIN;:freq?", "1.000000E-06"},
                  {":volt MAX;:volt?", "1.000000E+01"},
                  {"*OPC?", "1"},
                  {"*CLS;*OPC;*ESR?", "1"},
                  {":freq 2 lightyears", ""},
                  {"SYST:ERR?", "-131,\"Invalid suffix\""},
                  {":freq", ""},
                  {"SYST:ERR?", missing},
                  {":freq fast", ""},
                  {"SYST:ERR?", "-104,\"Data type error\""},
                  {":freq nan", ""},
                  {"SYST:ERR?", "-222,\"Data out of range\""},
                  {"output1:state", ""},
                  {"SYST:ERR?", missing},
                  {"output1:state maybe", ""},
                  {"SYST:ERR?", "-224,\"Illegal parameter value\""},
                  {":func:shap egg", ""},
                  {"SYST:ERR?", "-224,\"Illegal parameter value\""},
                  {"SYST:ERR?", "0,\"No error\""}});
}

TEST(VirtualGenerator, SaysThatItsQueueOfErrorsIsFull) {
  VirtualGenerator generator;
  for (int i = 0; i < 200; ++i) {
    generator.receive("nonsense\n", 60s);
    EXPECT_EQ(generator.take_output(60s), "");
  }
  std::string last, said;
  while (!said.starts_with("0,")) {
    last = std::exchange(said, {});
    generator.receive("SYST:ERR?\n", 60s);
    said = generator.take_output(60s);
  }

  EXPECT_EQ(last, "-350,\"Queue overflow\"\n");
}

TEST(VirtualSupply, SelectsItsOutputsByNumberAndByName) {
  VirtualSupply supply{bench()};
  expect_answers(supply,
                 "\n",
                 "\n",
                 {{":INST?", "CH1"},
                  {":INST CH2;:INST?", "CH2"},
                  {":INST:NSEL 3;:INST:NSEL?", "3"},
                  {":OUTP ON;:OUTP? CH3", "ON"},
                  {":OUTP? CH4", ""},
                  {"SYST:ERR?", "-224,\"Illegal parameter value\""},
                  {":SOUR4:VOLT 1", ""},
                  {"SYST:ERR?", "-114,\"Header suffix out of range\""}});
}

TEST(VirtualPrologix, KnowsItsOwnCommandsAndItsAddress) {
  VirtualPrologix prologix{std::make_unique<VirtualGenerator>(), 10};
  prologix.receive("++addr 10\n++addr\n++ver\n", 60s);
  EXPECT_EQ(prologix.take_output(60s),
            "10\r\nPrologix GPIB-ETHERNET Controller version 01.06.06.00\r\n");
  prologix.receive("*OPC?\n++clr\n++read eoi\n", 60s);
  EXPECT_EQ(prologix.take_output(60s), "");
  prologix.receive("*OPC?\n++read eoi\n++addr 11\n*OPC?\n++read eoi\n", 60s);
  EXPECT_EQ(prologix.take_output(60s), "1\n");  // nobody is at 11
}

TEST(VirtualSourceMeter, IsAsAtTheStartAfterItsReset) {
  VirtualSourceMeter meter;
  expect_answers(meter,
                 "\n",
                 "\n",
                 {{":SOUR:VOLT 100;:OUTP ON;:OUTP?", "1"},
                  {"*RST;:OUTP?", "0"},
                  {":SOUR:VOLT?", "+0.000000E+00"},
                  {":SENS:CURR:PROT?", "+1.000000E-04"}});
}

TEST(VirtualLakeShore, GivesOneInputOrAll) {
  VirtualLakeShore thermometer;
  thermometer.receive("KRDG? 0\r\n", 60s);
  EXPECT_EQ(std::ranges::count(thermometer.take_output(60s), ','), 7);
  thermometer.receive("SRDG? 1\r\n", 60s);
  EXPECT_THAT(thermometer.take_output(60s), ::testing::StartsWith("+"));
  for (const auto* const nothing : {"KRDG? 9", "KRDG? -1", "KRDG?", "RDGST? 0", "COLOUR? 1"}) {
    thermometer.receive(std::string{nothing} + "\r\n", 60s);
    EXPECT_EQ(thermometer.take_output(60s), "") << nothing;
  }
}

TEST(VirtualLauda, SaysWhatIsWrongWithASetting) {
  VirtualLauda chiller{1};
  expect_answers(chiller,
                 "\r\n",
                 "\r\n",
                 {{"OUT_SP_00_-41", "ERR_6"},
                  {"OUT_SP_00_nan", "ERR_6"},
                  {"OUT_SP_00_cold", "ERR_5"},
                  {"OUT_SP_00", "ERR_5"},
                  {"IN_COLOUR", "ERR_3"},
                  {"OUT_SP_00_-20.5", "OK"},
                  {"IN_SP_00", "-20.50"}});
}

/// A frame of Modbus TCP to unit 1.
std::string modbus(const std::string& request) {
  return "\x00\x07\x00\x00\x00"s + static_cast<char>(request.size() + 1) + "\x01" + request;
}

TEST(VirtualPlant, RefusesWhatIsNoRequestOfItsRegisters) {
  VirtualPlant plant;
  const auto ask = [&](const std::string& bytes) {
    plant.receive(bytes, 60s);
    return plant.take_output(60s);
  };
  EXPECT_EQ(ask(modbus("\x04\x00\x8e\x00\x01"s)), modbus("\x84\x01"s));  // an unknown function
  EXPECT_EQ(ask(modbus("\x03\x00\x8e"s)), modbus("\x83\x03"s));          // no count
  EXPECT_EQ(ask(modbus("\x03\x00\x8e\x00\x00"s)), modbus("\x83\x03"s));  // none
  EXPECT_EQ(ask(modbus("\x03\x00\x8e\x00\xff"s)), modbus("\x83\x03"s));  // too many
  EXPECT_EQ(ask(modbus("\x10\x01\x36\x00\x02\x04\x00"s)), modbus("\x90\x03"s));
  EXPECT_EQ(ask(modbus("\x03\xff\xff\x00\x01"s)), modbus("\x83\x02"s));
  EXPECT_EQ(ask(modbus("")), "");
  EXPECT_EQ(ask("\x00\x07\x00\x05\x00\x06\x01\x03\x00\x8e\x00\x01"s), "");  // another protocol
  EXPECT_EQ(ask("GET / HTTP"), "");  // longer than any frame: thrown away
  plant.client_left();
  EXPECT_EQ(ask(modbus("\x03\x01\x40\x00\x01"s)), modbus("\x03\x02\x00\x01"s));
}

/// An element of BER, of at most 127 bytes.
std::string ber(char tag, const std::string& body) {
  return std::string(1, tag) + static_cast<char>(body.size()) + body;
}

std::string snmp(const std::string& community,
                 char kind,
                 const std::string& object,
                 const std::string& value) {
  const auto number = [](char one) { return ber('\x02', std::string(1, one)); };
  const auto pairs = ber('\x30', ber('\x30', ber('\x06', object) + value));
  return ber(
      '\x30',
      number(1) + ber('\x04', community) + ber(kind, number(9) + number(0) + number(0) + pairs));
}

TEST(VirtualCrate, AnswersNothingToWhatIsNoRequestAndRefusesWhatCannotBeSet) {
  VirtualCrate crate;
  const auto main_switch = "\x2b\x06\x01\x04\x01\x81\x9b\x6b\x01\x01\x01\x00"s;
  const auto output = "\x2b\x06\x01\x04\x01\x81\x9b\x6b\x01\x03\x02\x01"s;
  const auto on = ber('\x02', "\x01"), null = ber('\x05', "");
  const auto error_of = [&](const std::string& request) {
    const auto answer = crate.answer(request);
    const auto place = answer.find("\x02\x01\x09\x02\x01"s);  // behind the request's number
    return place == std::string::npos ? -1 : static_cast<int>(answer[place + 5]);
  };
  constexpr char get = '\xa0', set = '\xa3';
  constexpr int good = 0, wrong_value = 10, not_writable = 17;

  const auto whole = snmp("public", get, main_switch, null);
  ASSERT_EQ(error_of(whole), good);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(crate.answer(whole.substr(0, length)), "") << length;
  }
  EXPECT_EQ(crate.answer("\x30\x80"s + whole.substr(2)), "");  // of no length
  EXPECT_EQ(crate.answer("\x30\x81"s + whole.substr(1)), crate.answer(whole));
  EXPECT_EQ(crate.answer(snmp("secret", get, main_switch, null)), "");
  EXPECT_EQ(error_of(snmp("private", set, main_switch, ber('\x02', "\x00"s))), good);
  EXPECT_EQ(error_of(snmp("private", set, main_switch, ber('\x02', "\x05"))), wrong_value);
  EXPECT_EQ(error_of(snmp("public", set, main_switch, on)), not_writable);
  EXPECT_EQ(error_of(snmp("guru", set, output + "\x05\x01", on)), not_writable);
  EXPECT_EQ(error_of(snmp("guru", set, output + "\x0a\x01", on)), wrong_value);
  const auto not_a_number = ber('\x44', "\x9f\x78\x04\x7f\xc0\x00\x00"s);
  EXPECT_EQ(error_of(snmp("guru", set, output + "\x0a\x01", not_a_number)), wrong_value);
  EXPECT_EQ(error_of(snmp("guru", set, output + "\x09\x01", on)), good);
  EXPECT_EQ(error_of(snmp("guru", set, "", on)), not_writable);
  using ::testing::HasSubstr;
  EXPECT_THAT(crate.answer(snmp("public", get, output + "\x0b\x01", null)),
              HasSubstr("\x81\x00"s));  // no such instance
  // A message of 128 bytes and more has a longer header.
  const auto body = ber('\x02', "\x01") + ber('\x04', std::string(110, 'g')) +
                    ber(set,
                        ber('\x02', "\x09") + ber('\x02', "\x00"s) + ber('\x02', "\x00"s) +
                            ber('\x30', ber('\x30', ber('\x06', main_switch) + on)));
  const auto request = "\x30\x81"s + static_cast<char>(body.size()) + body;
  EXPECT_EQ(error_of(request), not_writable);
  EXPECT_THAT(crate.answer(request), ::testing::StartsWith("\x30\x82"));
}

TEST(VirtualModule, RefusesWhatItsInterlocksAndItsLimitsForbid) {
  const auto model = bench();
  VirtualModule module{module_identity(1, 0), {}, model};
  const auto ask = [&](const std::string& line) {
    module.receive(line + "\r\n", 60s);
    return module.take_output(60s);
  };
  model->modules.at(0).flash_allowed = false;
  using ::testing::HasSubstr;
  for (const auto* const line :
       {"s\" a.bin\" flashRemove", "flashClear", "s\" a.bin\" ymodemFlashUpload"}) {
    EXPECT_THAT(ask(line), HasSubstr("ERROR flash interlock")) << line;
  }
  EXPECT_THAT(ask("2 1500 setDEggHV"), HasSubstr("ERROR no channel 2"));
  EXPECT_THAT(ask("0 2001 setDEggHV"), HasSubstr("ERROR voltage out of range"));
  EXPECT_THAT(ask("2 enableDEggADCTrigger"), HasSubstr("ERROR no channel 2"));
  EXPECT_THAT(ask("-1 10 15 readDEggChargeBlock"), HasSubstr("ERROR size"));
  EXPECT_THAT(ask("0 getScalerCount .s drop"), HasSubstr("<1> 0 "));  // never enabled
  EXPECT_THAT(ask("getCameraID"), HasSubstr("ERROR camera has no power"));
  EXPECT_THAT(ask("getTick .s drop"), HasSubstr("<1> "));
  ask("reboot");
  module.receive("sloAdcReadAll\r\n", 90s);
  EXPECT_THAT(module.take_output(90s), HasSubstr("sloAdcReadAll: FAIL"));
}

}  // namespace
}  // namespace fat

// Key after key of station file and schedule with a value that it cannot mean: each is refused with
// its line and with what it should be. And texts of the largest size that is read at all.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "fat/plan/ini_file.hpp"
#include "fat/plan/station_file.hpp"
#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

DeviceCatalog one_kind() {
  const auto quantities = [](const DeviceEntry& /*device*/) {
    return std::vector<QuantityInfo>{
        {.name = "temperature", .unit = "K", .inputs = 2},
        {.name = "output", .unit = "", .inputs = 3, .settable = SettingRange{0, 1}}};
  };
  return {{.name = "box", .quantities = quantities}};
}

std::string station_problems(const std::string& text) {
  const auto file = parse_station_file(
      "[device box]\nkind = box\n"
      "[channel top]\ninstrument = box\nquantity = temperature 1\nperiod = 1 s\n"
      "[channel heater]\ninstrument = box\nquantity = output 1\n"
      "[telemetry broker]\nkind = mqtt\nserver = mqtt://b\ncommands = yes\n" +
          text,
      "station.ini",
      "/bench",
      one_kind());
  std::string all;
  for (const auto& problem : file.problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

/// The last line of a section is wrong.
struct WrongLine {
  std::string section;
  std::string key;
  std::string says;
};

TEST(StationKeys, RefuseWhatTheyCannotMean) {
  const std::string interlock = "[interlock a]\nchannels = top\ntrip = above 273 K\n";
  const std::string power = "[module_power m]\n", chiller = "[chiller c]\n";
  const std::string slack = "[sink lab]\nkind = slack\n", mail = "[sink lab]\nkind = mail\n";
  const std::string topic = "[mqtt_topic t]\nbroker = broker\ntopic = a/b\n";
  const std::string command = "[mqtt_command t]\nbroker = broker\ntopic = a/b\n";
  const std::string service = "[service daq]\ncommand = true\n";
  const std::string log = "[logbook]\n";
  for (const auto& [section, key, says] : std::vector<WrongLine>{
           {"[backup b]\n", "timeout = 2 d", "a duration of at most a day"},
           {"[channel x]\n", "unit = K m", "a unit of one word"},
           {"[interlock b]\ntrip = above 273 K\n", "channels =", "a list of channels"},
           {interlock, "latching = maybe", "yes or no"},
           {interlock + "action = set\n", "confirm_within = 1 ms", "at least 100 ms"},
           {interlock + "action = set\n", "attempts = 0", "a whole number from 1 to 100"},
           {interlock, "reset = 268 V", "a value with the unit of 'trip'"},
           {interlock + "action = set\n", "set =", "a list such as"},
           {"[interlock a b]\n", "channels = top", "one word of letters"},
           {power, "low_output =", "the name of a channel"},
           {power, "low_feeds =", "a list of channels"},
           {power, "group = two words", "one word of letters"},
           {chiller, "running =", "the name of a channel"},
           {"[chiller a b]\n", "running = heater", "its name is one word"},
           {"[person anna]\n", "mail = anna", "a mail address such as"},
           {"[person anna]\n", "slack = two words", "a member id such as"},
           {"[shift]\n", "shifter = two words", "the NAME of a [person NAME]"},
           {"[shift]\n", "backup = two words", "the NAME of a [person NAME]"},
           {"[shift]\n", "escalate = anna, two words", "names of persons in the order"},
           {slack, "token_file =", "the path of a file that holds the secret"},
           {slack, "channel = two words", "a channel's id such as"},
           {slack, "everyone =", "what calls everyone there"},
           {mail, "to = ,", "a list of mail addresses"},
           {mail, "user =", "the name to log in with"},
           {mail, "ca_file =", "the path of a file with the certificates"},
           {mail, "from = a@b.org", "lacks 'server'"},
           {mail, "server = smtp://127.0.0.1", "lacks 'to'"},
           {mail + "password_file = a\n", "password_env = B", "not both"},
           {"[modules]\n", "list =", "the path of a CSV file"},
           {"[modules]\naddresses = hub:5000\n", "list = m.csv", "there are both"},
           {topic, "value. = top", "a key of the payload"},
           {topic, "constant. = 1", "a key of the payload"},
           {topic, "constant.id =", "a number or a word"},
           {topic, "every = 1 ms", "a duration from 1 s to 1 h"},
           {topic, "changed_only = maybe", "'yes' or 'no'"},
           {topic + "value.a = top\nevery = 5 s\n",
            "changed_only = yes",
            "'changed_only' goes with JSON that is published on change"},
           {command, "set =", "a list of channels"},
           {command, "refresh = maybe", "'yes' or 'no'"},
           {command + "set = heater\nvalue = on\n", "field = state", "one of them"},
           {"[telemetry b2]\n", "commands = maybe", "'yes' or 'no'"},
           {"[telemetry a b]\n", "kind = mqtt", "its name is one word"},
           {service, "command = 'open", "station.ini:"},
           {service, "environment = 'open", "words such as 'MODE=fast"},
           {service, "started_line =", "a part of a line that it prints"},
           {log, "logbook = a/b", "the name of a logbook"},
           {log, "user =", "a user of that ELOG"},
           {log, "attribute. = x", "what an attribute is set to"},
           {log, "level = loud", "one of info, warning, critical"},
           {"[paths]\n", "state =", "a path"},
           {"[users]\n", "file =", "station.ini:"}}) {
    const auto text = fmt::format("{}{}\n", section, key);
    EXPECT_THAT(station_problems(text), HasSubstr(says)) << text;
  }
}

TEST(StationKeys, TakeTheRestOfAShiftAndATopicThatTellsOnlyChanges) {
  const auto file = parse_station_file(
      "[device box]\nkind = box\n"
      "[channel top]\ninstrument = box\nquantity = temperature 1\nperiod = 1 s\n"
      "[telemetry broker]\nkind = mqtt\nserver = mqtt://b\n"
      "[person ben]\nslack = U1\n[shift]\nbackup = ben\n"
      "[mqtt_topic t]\nbroker = broker\ntopic = a/b\nvalue.a = top\nconstant.gain = 1.5\n"
      "changed_only = yes\n",
      "station.ini",
      "/bench",
      one_kind());

  EXPECT_EQ(file.station.shift.backup, "ben");
  ASSERT_THAT(file.station.mqtt_topics, SizeIs(1));
  EXPECT_TRUE(file.station.mqtt_topics.front().changed_only);
  EXPECT_EQ(std::get<double>(file.station.mqtt_topics.front().constants.front().second), 1.5);
}

TEST(ScheduleKeys, RefuseWhatTheyCannotMean) {
  const Bench bench;
  const std::string run = "[constants]\nrun_file = runs/run/run_00012.json\n";
  const std::string steps = "[a]\ncommand = true\n";
  for (const auto& [before, key, says] : std::vector<WrongLine>{
           {run, "verbose = maybe", "yes"},
           {run, "python =", "a Python interpreter"},
           {run, "min_modules = -1", "a whole number from 0 to"},
           {run, "safe_state_after = 15", "a duration with its unit"},
           {run, "needs_services =", "a list of services"},
           {run + "[off]\ntask = hv_off\n[safe_state]\n", "steps = off, off", "names 'off' twice"},
           {run + steps + "[b]\ncommand = true\n", "package = p", "stands beside 'command'"},
           {run + steps + "[fragment  ]\n", "parameters = x", "names no fragment"},
           {run + steps + "[fragment f]\n[f/x]\ncommand = true\n[fragment  f]\n",
            "parameters =",
            "is there twice"},
           {run + steps + "[f 1]\nfragment = f\n[fragment f]\n",
            "parameters = repeat",
            "the name is taken"},
           {run + "[safe_state]\nsteps = off\n[off]\ntask = hv_off\n[off 2]\n",
            "task = hv_of",
            "hv_off"},
           {run, "comment = nothing else", "has no steps"}}) {
    EXPECT_THAT(faults(bench.plan_file(fmt::format("{}{}\n", before, key))),
                Contains(HasSubstr(says)))
        << before << key;
  }
}

TEST(ScheduleKeys, NameAtMostTwoHundredSteps) {
  const Bench bench;
  std::string steps;
  for (int i = 0; i <= 200; ++i) {
    steps += fmt::format("{}s{}", i == 0 ? "" : ", ", i);
  }

  EXPECT_THAT(faults(bench.plan("[a]\ncommand = true\n[safe_state]\nsteps = " + steps + "\n")),
              Contains(HasSubstr("names more than 200 steps")));
}

TEST(ScheduleKeys, MayNotGrowTheFileWithoutBound) {
  const Bench bench;
  std::string nested = "[f 0]\nfragment = f0\n";
  for (int i = 0; i < 40; ++i) {
    nested += fmt::format("[fragment f{}]\nparameters =\n[f{}/x]\nfragment = f{}\n", i, i, i + 1);
  }
  nested += "[fragment f40]\nparameters =\n[f40/x]\ncommand = true\n";
  EXPECT_THAT(faults(bench.plan(nested)), Contains(HasSubstr("nested more than")));

  const auto long_title = std::string(5000, 'x');
  EXPECT_THAT(faults(bench.plan("[" + long_title + "]\ncommand = true\n")),
              Contains(HasSubstr("a title is longer than")));
}

TEST(ScheduleFile, OfMoreThanIsReadAtAllIsRefused) {
  const auto said = [](const std::string& text) {
    const auto file = parse_ini(text, "s.ini");
    return file.problems.empty() ? std::string{} : to_text(file.problems.front());
  };
  EXPECT_THAT(said("\xff\xfe["), HasSubstr("is UTF-16 text; save it as UTF-8"));
  EXPECT_THAT(said(std::string((64U << 20U) + 1, ' ')), HasSubstr("is larger than 64 MiB"));
  std::string sections;
  for (int i = 0; i <= 200'000; ++i) {
    sections += fmt::format("[{}]\nk=\n", i);
  }
  EXPECT_THAT(said(sections), HasSubstr("more than 200000 sections or 1000000 keys"));
}

TEST(ProblemList, IsBoundedAndSaysHowManyMoreThereAre) {
  const Bench bench;
  std::string sections;
  for (int i = 0; i < 3000; ++i) {
    sections += fmt::format("[s{}]\ncommand = true\ncolour = red\n", i);
  }

  const auto loaded = bench.plan(sections);

  EXPECT_LT(loaded.problems.size(), 3000U);
  EXPECT_THAT(to_text(loaded.problems.back()), HasSubstr("more problems like these"));
  EXPECT_EQ(loaded.problems.back().severity, Severity::Error);
}

TEST(RunFile, SaysWhatIsWrongWithItsModules) {
  const Bench bench;
  bench.folder.write("runs/m.json", R"({"DEggSerialNumber": "a", "Port": 5000})");
  bench.folder.write("runs/run/run_00012.json",
                     R"({"a": "runs/m.json", "b": "runs/m.json", "c": null})");

  const auto loaded = bench.plan("[x]\ncommand = true\n");

  EXPECT_THAT(faults(loaded),
              AllOf(Contains(HasSubstr("module 'b' has the same file as 'a'")),
                    Contains(HasSubstr("'c' is null: readers of the original stop on it"))));

  bench.folder.write("runs/run/trial.json", R"({"a": "runs/m.json"})");
  EXPECT_THAT(faults(bench.plan_file("[constants]\nrun_file = runs/run/trial.json\n"
                                     "[x]\ncommand = true\n")),
              Contains(HasSubstr("is not called run_NNNNN.json")));

  std::string many = R"({"comment": "x")";
  for (int i = 0; i <= 1000; ++i) {
    const auto name = fmt::format("runs/m{}.json", i);
    bench.folder.write(name,
                       fmt::format(R"({{"DEggSerialNumber": "m{}", "Port": {}}})", i, 5000 + i));
    many += fmt::format(R"(, "m{}": "{}")", i, name);
  }
  bench.folder.write("runs/run/run_00012.json", many + "}");
  EXPECT_THAT(faults(bench.plan("[x]\ncommand = true\n")),
              Contains(HasSubstr("names more than 1000 modules")));
}

TEST(RunFile, AModuleWithoutAPortIsAnErrorOnlyForAStepThatAsksIt) {
  const Bench bench;
  bench.folder.write("runs/run_00012/DEgg2021-3-133.json",
                     R"({"DEggSerialNumber": "DEgg2021-3-133"})");

  EXPECT_THAT(faults(bench.plan("[look]\ntask = status_check\n")),
              Contains(HasSubstr("has no Port, but step 'look' needs it")));
  EXPECT_THAT(faults(bench.plan("[x]\ncommand = true\n")), Not(Contains(HasSubstr("has no Port"))));
}

}  // namespace
}  // namespace fat

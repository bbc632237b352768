// A run of fake modules in a folder of its own, and a task performed on it.
#pragma once

#include <fstream>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "fat/tasks/catalog.hpp"
#include "sim/temp_folder.hpp"
#include "tasks/fake_bench.hpp"
#include "tasks/fake_instruments.hpp"
#include "tasks/fake_pmts.hpp"

namespace fat {

class TaskOnFakePmts : public ::testing::Test {
 protected:
  using Json = nlohmann::ordered_json;

  /// A healthy module on the first wire pair, with its module JSON.
  void add_module(const std::string& serial) {
    bench_.modules[serial] = {};
    const PmtRecord record{
        .serial = "SQ0001", .nominal_voltage = 1480.5, .electron_height = 0.0036};
    const TaskModule module{.entry = {.serial = serial, .path = {}, .port = 1, .host = {}},
                            .fpga_version = 272,
                            .file = folder_.path() / (serial + ".json"),
                            .place = 0,
                            .pmts = {record, record}};
    const Json pmt{{"SerialNumber", "SQ0001"}, {"HV1e7Gain", 1480.5}, {"SPEPeakHeight", 0.0036}};
    std::ofstream{module.file} << Json{
        {"DEggSerialNumber", serial},
        {"UpperPmt", pmt},
        {"LowerPmt", pmt},
        {"Port", 5000}}.dump(4);
    modules_.push_back(module);
  }

  Json module_json(std::size_t number = 0) const {
    std::ifstream stream{modules_.at(number).file};
    return Json::parse(stream);
  }

  FakePmt& pmt(const std::string& serial, int channel) {
    return bench_.modules.at(serial).pmts.at(static_cast<std::size_t>(channel));
  }

  /// With the task's own defaults for what is not given.
  TaskExit perform(const std::string& name,
                   const std::map<std::string, std::string>& arguments = {}) {
    return run_task(name, context_for(name, arguments));
  }

  /// `--verify`, with the task's own defaults for what is not given.
  TaskExit verify(const std::string& name,
                  const std::map<std::string, std::string>& arguments = {}) {
    return verify_task(name, context_for(name, arguments));
  }

  TaskContext context_for(const std::string& name, std::map<std::string, std::string> arguments) {
    for (const auto& parameter : find_task(catalog(), name)->parameters) {
      if (!parameter.default_text.empty()) {
        arguments.try_emplace(parameter.name, parameter.default_text);
      }
    }
    return {.bench = bench_,
            .clock = clock_,
            .reporter = reporter_,
            .instruments = &instruments_,
            .pause = [this](Microseconds time) { clock_.advance(time); },
            .ask = [this](const std::string& text) { return ask_(text); },
            .backups = {},
            .journal = {},
            .run_file = folder_.path() / "run.json",
            .folder = folder_.path(),
            .modules = modules_,
            .arguments = std::move(arguments)};
  }

  std::string failure_of(const std::string& name,
                         const std::map<std::string, std::string>& arguments = {}) {
    try {
      perform(name, arguments);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it succeeded";
  }

  /// NaN when it was not reported.
  double value_of(const std::string& module, const std::string& channel, const std::string& name) {
    for (const auto& report : reporter_.all<MeasurementReport>()) {
      const auto& one = report.measurement;
      if (one.module == module && one.channel == channel && one.name == name) {
        return one.value;
      }
    }
    return std::nan("");
  }

  std::string verdicts() const {
    std::string all;
    for (const auto& one : reporter_.all<VerdictReport>()) {
      all += fmt::format("{} {}: {}\n", one.module, to_string(one.verdict), one.reason);
    }
    return all;
  }

  std::string messages() const {
    std::string all;
    for (const auto& one : reporter_.all<MessageReport>()) {
      all += one.text + "\n";
    }
    return all;
  }

  TempFolder folder_;
  SteppedClock clock_;
  FakePmtBench bench_{clock_};
  FakeInstruments instruments_;
  RecordingReporter reporter_;
  std::vector<TaskModule> modules_;
  AskOperator ask_ = [](const std::string&) { return false; };
};

}  // namespace fat

// Files and a task catalog for the tests of plan/.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/problem.hpp"
#include "fat/model/task_info.hpp"
#include "fat/plan/schedule_loader.hpp"

namespace fat {

/// A folder of its own that is gone after the test.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "fat_plan_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }

  ~TestFolder() { std::filesystem::remove_all(path_); }

  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, std::string_view text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
    return file;
  }

 private:
  std::filesystem::path path_;
};

inline TaskInfo task(std::string name,
                     StepKind kind,
                     Recovery recovery,
                     std::vector<ParameterInfo> parameters) {
  TaskInfo info;
  info.name = std::move(name);
  info.kind = kind;
  info.recovery = recovery;
  info.parameters = std::move(parameters);
  return info;
}

inline TaskCatalog test_catalog() {
  using enum ParameterType;
  TaskCatalog catalog;
  catalog.push_back(
      task("wait_time",
           StepKind::Wait,
           Recovery::Rerun,
           {{"duration", Duration, false, "", ""}, {"until", DateTime, false, "", ""}}));
  catalog.push_back(task("manual_input",
                         StepKind::Prompt,
                         Recovery::Rerun,
                         {{"message", Text, true, "", "what to ask"}}));
  catalog.push_back(
      task("status_check",
           StepKind::Builtin,
           Recovery::Rerun,
           {{"reboot", Boolean, false, "false", ""}, {"reads", Integer, false, "5", ""}}));
  catalog.back().needs_modules = true;
  catalog.push_back(
      task("ramp",
           StepKind::Builtin,
           Recovery::Verify,
           {{"voltage", Voltage, true, "", ""}, {"target", Temperature, false, "", ""}}));
  catalog.push_back(task("hv_off", StepKind::Builtin, Recovery::Rerun, {}));
  return catalog;
}

/// A station folder with a run JSON of one module, in which schedules are planned.
class Bench {
 public:
  Bench() {
    folder.write("runs/run/run_00012.json",
                 R"({"DEgg2021-3-133": "runs/run_00012/DEgg2021-3-133.json", "comment": "x"})");
    folder.write("runs/run_00012/DEgg2021-3-133.json",
                 R"({"DEggSerialNumber": "DEgg2021-3-133", "Port": 5000})");
  }

  /// With a [constants] section in its first two lines.
  LoadedPlan plan(const std::string& sections) const {
    return plan_file("[constants]\nrun_file = runs/run/run_00012.json\n" + sections);
  }

  LoadedPlan plan_file(const std::string& text) const {
    folder.write("s.ini", text);
    return load_plan(
        {"s.ini", "", folder.path()}, test_catalog(), load_station_file(folder.path()));
  }

  TestFolder folder;
};

inline std::vector<std::string> texts(const std::vector<Problem>& problems) {
  std::vector<std::string> result;
  result.reserve(problems.size());
  for (const Problem& problem : problems) {
    result.push_back(to_text(problem));
  }
  return result;
}

/// Without notes.
inline std::vector<std::string> faults(const LoadedPlan& loaded) {
  std::vector<Problem> problems;
  for (const Problem& problem : loaded.problems) {
    if (problem.severity != Severity::Note) {
      problems.push_back(problem);
    }
  }
  return texts(problems);
}

inline std::vector<std::string> titles(const std::vector<Step>& steps) {
  std::vector<std::string> result;
  result.reserve(steps.size());
  for (const Step& step : steps) {
    result.push_back(step.title);
  }
  return result;
}

}  // namespace fat

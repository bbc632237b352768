#include "cli/preflight.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/bounded_call.hpp"
#include "cli/program_files.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/step_command.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

/// Packages on a network folder that draw in half of a scientific Python take ten seconds.
constexpr std::chrono::seconds kImportPatience{60};
constexpr std::size_t kMostText = 2000;

std::vector<const Step*> python_steps(const Plan& plan) {
  std::vector<const Step*> found;
  for (const auto* list : {&plan.steps, &plan.safe_state, &plan.on_resume}) {
    for (const Step& step : *list) {
      if (step.kind == StepKind::Python) {
        found.push_back(&step);
      }
    }
  }
  return found;
}

std::size_t number_of_packages(const std::vector<const Step*>& steps) {
  std::set<std::string_view> packages;
  for (const Step* step : steps) {
    packages.insert(step->package);
  }
  return packages.size();
}

std::string request_text(const std::vector<const Step*>& steps, const Plan& plan) {
  auto calls = Json::array();
  for (const Step* step : steps) {
    auto options = Json::array();
    for (const auto& argument : step->arguments) {
      options.push_back(argument.name);
    }
    calls.push_back(
        Json{{"package", step->package}, {"task", step->task}, {"options", std::move(options)}});
  }
  const Json request{{"patience_s", kImportPatience.count()},
                     {"folders", plan.python_path},
                     {"calls", std::move(calls)}};
  return request.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ProgramCall checker(const Plan& plan,
                    const PreflightRequest& request,
                    const std::vector<const Step*>& steps) {
  const auto files = program_files();
  auto environment = request.environment;
  if (request.as_original) {
    environment.emplace_back("FATMASTER_AS_ORIGINAL=1");
  }
  const auto script = files.python_call.parent_path() / "fatmaster_preflight.py";
  return {.words = {plan.python, script.string()},
          .environment = python_environment(std::move(environment), plan, files),
          .folder = request.station,
          .input = request_text(steps, plan)};
}

/// One line of the checker's answer. What is not of its form counts as a word of somebody else.
class Finding {
 public:
  explicit Finding(const std::string& line) : json_(Json::parse(line, nullptr, false)) {}

  bool is_last() const { return json_.is_object() && json_.contains("packages"); }

  /// Adds what the line says about a package's files.
  void take_files(PackageFiles& packages) const {
    if (!json_.is_object() || !json_.contains("files") || !json_["files"].is_array() ||
        !json_.value("package", Json{}).is_string()) {
      return;
    }
    auto& files = packages[json_["package"].get<std::string>()];
    for (const auto& file : json_["files"]) {
      if (file.is_string() && file.get_ref<const std::string&>().starts_with('/')) {
        files.push_back(file.get<std::string>());
      }
    }
  }

  /// nullopt when the line is no finding about one of these steps.
  std::optional<Problem> problem(const std::vector<const Step*>& steps) const {
    const auto call = number("call");
    if (!call || *call >= steps.size() || !json_.contains("text") || !json_["text"].is_string()) {
      return std::nullopt;
    }
    const Step& step = *steps[*call];
    Problem problem;
    problem.severity =
        json_.value("level", Json{}) == "warning" ? Severity::Warning : Severity::Error;
    problem.where = step.source;
    if (const auto option = number("option"); option && *option < step.arguments.size()) {
      problem.where.line = step.arguments[*option].line;
    }
    problem.message = fmt::format(
        "[{}] {}", step.title, plain_text(json_["text"].get_ref<const std::string&>(), kMostText));
    if (const auto also = number("also").value_or(0); also > 0) {
      problem.message += fmt::format(" (and {} more section{})", also, also == 1 ? "" : "s");
    }
    return problem;
  }

 private:
  std::optional<std::size_t> number(const char* name) const {
    const auto found = json_.is_object() ? json_.find(name) : json_.end();
    if (found == json_.end() || !found->is_number_unsigned()) {
      return std::nullopt;
    }
    return found->get<std::size_t>();
  }

  Json json_;
};

}  // namespace

PreflightResult preflight(const Plan& plan, const PreflightRequest& request) {
  const auto steps = python_steps(plan);
  if (steps.empty()) {
    return {};
  }
  const auto patience =
      (kImportPatience + std::chrono::seconds{5}) * (number_of_packages(steps) + 1);
  const auto answer = run_within(patience, checker(plan, request, steps));
  if (answer.status == kNoSuchProgram) {
    return {};  // said by load_plan()
  }
  PreflightResult result;
  auto& problems = result.problems;
  bool whole = false;
  std::istringstream lines{answer.text};
  for (std::string line; std::getline(lines, line);) {
    const Finding finding{line};
    whole = whole || finding.is_last();
    finding.take_files(result.files);
    if (auto problem = finding.problem(steps)) {
      problems.push_back(std::move(*problem));
    }
  }
  if (!whole) {
    auto said = answer.text.substr(answer.text.find_last_of('\n', answer.text.size() - 2) + 1);
    said.erase(said.find_last_not_of('\n') + 1);
    problems.push_back(
        {.severity = Severity::Error,
         .where = steps.front()->source,
         .message = fmt::format("the Python steps could not be checked with {} (exit status {}{}); "
                                "--no-preflight leaves the check out",
                                plan.python,
                                answer.status,
                                said.empty() ? "" : ": " + plain_text(said, kMostText))});
  }
  return result;
}

std::vector<Problem> preflight_left_out(const Plan& plan) {
  const auto steps = python_steps(plan);
  if (steps.empty()) {
    return {};
  }
  return {
      {.severity = Severity::Note,
       .where = {.file = steps.front()->source.file, .line = 0},
       .message = fmt::format("not checked, as asked: whether the {} Python functions' packages "
                              "can be imported and fit their sections' options",
                              steps.size())}};
}

}  // namespace fat

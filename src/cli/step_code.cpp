#include "cli/step_code.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "fat/model/command_line.hpp"
#include "fat/store/code_files.hpp"

namespace fat {

namespace {

namespace fs = std::filesystem;

/// A step's start waits so long for its files; a whole plan's.
constexpr std::chrono::milliseconds kPatience{500};
constexpr std::chrono::seconds kSurveyPatience{15};
/// Looks that may stay unanswered before no further thread is risked.
constexpr int kMostUnanswered = 3;
constexpr std::uintmax_t kLongestScript = 16U << 20U;

/// What `work` returns, or nothing when it is still at work: a file system that does not answer
/// holds a thread, never the run. `work` owns what it uses.
template <class Work>
auto answer_within(std::chrono::milliseconds patience, Work work)
    -> std::optional<decltype(work())> {
  using Answer = decltype(work());
  std::packaged_task<Answer()> task{std::move(work)};
  auto answer = task.get_future();
  std::thread worker{std::move(task)};
  if (answer.wait_for(patience) != std::future_status::ready) {
    worker.detach();
    return std::nullopt;
  }
  worker.join();  // at once: nothing of it, as what its libraries keep for a thread, outlives this
  return answer.get();
}

bool is_below(const fs::path& file, const fs::path& folder) {
  const auto relative = file.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

bool is_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

bool is_script(const fs::path& file) {
  static const std::set<std::string> endings{
      ".py", ".sh", ".bash", ".pl", ".rb", ".tcl", ".lua", ".js", ".r", ".R", ".C", ".m", ".jl"};
  std::error_code error;
  const auto size = is_file(file) ? fs::file_size(file, error) : 0;
  if (size == 0 || error || size > kLongestScript) {
    return false;
  }
  if (endings.contains(file.extension().string()) || access(file.c_str(), X_OK) == 0) {
    return true;
  }
  std::array<char, 2> start{};
  std::ifstream{file, std::ios::binary}.read(start.data(), start.size());
  return start[0] == '#' && start[1] == '!';
}

std::optional<fs::path> program_file(const std::string& word, const CodePlaces& places) {
  if (word.find('/') != std::string::npos) {
    const auto file = (places.station / word).lexically_normal();
    return is_file(file) ? std::optional{file} : std::nullopt;
  }
  std::string_view rest = places.path;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    auto file = fs::path{rest.substr(0, end)} / word;
    if (is_file(file) && access(file.c_str(), X_OK) == 0) {
      return file;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

/// For a package nobody has imported: where the interpreter would look first.
std::vector<std::string> module_file(const std::string& package, const CodePlaces& places) {
  auto relative = package;
  std::ranges::replace(relative, '.', '/');
  for (const auto& folder : places.python_path) {
    for (const auto* ending : {".py", "/__init__.py"}) {
      if (const auto file = folder / (relative + ending); is_file(file)) {
        return {file.string()};
      }
    }
  }
  return {};
}

struct Unit {
  std::string name;
  std::vector<std::string> files;
};

/// Without a name: the step has no code of its own, or nobody knows where it is.
Unit unit_of(const Step& step, const CodeFacts& facts) {
  const auto& [places, packages, known] = facts;
  if (step.kind == StepKind::Command) {
    auto files = command_files(step, places);
    return {.name = join_command(files), .files = std::move(files)};
  }
  if (step.kind != StepKind::Python) {
    return {};
  }
  if (const auto told = packages.find(step.package); told != packages.end()) {
    return {.name = step.package, .files = told->second};
  }
  if (const auto before = known.units.find(step.package); before != known.units.end()) {
    return {.name = step.package, .files = before->second.files};
  }
  auto files = module_file(step.package, places);
  return {.name = files.empty() ? "" : step.package, .files = std::move(files)};
}

/// What of a unit's files is not as it is known.
std::vector<CodeFile> new_files(const UnitContent& content, const KnownCode& known) {
  std::vector<CodeFile> files;
  std::ranges::copy_if(content.files, std::back_inserter(files), [&](const CodeFile& file) {
    const auto before = known.files.find(file.path);
    return before == known.files.end() || before->second != file;
  });
  return files;
}

std::vector<std::string> changed_files(const UnitContent& content, const KnownCode& known) {
  std::vector<std::string> names;
  for (const auto& file : content.files) {
    const auto before = known.files.find(file.path);
    if (before == known.files.end() || before->second.sha256 != file.sha256) {
      names.push_back(file.path);
    }
  }
  for (const auto& path : known.units.at(content.unit.name).files) {
    if (std::ranges::find(content.unit.files, path) == content.unit.files.end()) {
      names.push_back(path);
    }
  }
  return names;
}

const CodeUnit* find_unit(const KnownCode& known, const std::string& name) {
  const auto found = known.units.find(name);
  return found == known.units.end() ? nullptr : &found->second;
}

std::vector<const Step*> steps_with_code(const Plan& plan) {
  std::vector<const Step*> steps;
  for (const auto* list : {&plan.steps, &plan.safe_state, &plan.on_resume}) {
    for (const auto& step : *list) {
      if (step.kind == StepKind::Python || step.kind == StepKind::Command) {
        steps.push_back(&step);
      }
    }
  }
  return steps;
}

struct Content {
  UnitContent content;
  std::vector<std::string> titles;
};

/// Every unit of the steps, each read once. Owns what it needs: it may outlive who asked.
std::vector<Content> read_all(const std::vector<Step>& steps, const CodeFacts& facts) {
  std::vector<Content> all;
  std::map<std::string, std::size_t> by_name;
  std::map<std::string, std::string> by_command;  // many steps run the same words
  for (const auto& step : steps) {
    const auto key = step.kind == StepKind::Python ? "p" + step.package : "c" + step.command;
    auto known_name = by_command.find(key);
    if (known_name == by_command.end()) {
      auto unit = unit_of(step, facts);
      if (!unit.name.empty() && !by_name.contains(unit.name)) {
        by_name[unit.name] = all.size();
        all.push_back(
            {.content = read_unit(unit.name, unit.files, facts.known.files), .titles = {}});
      }
      known_name = by_command.emplace(key, unit.name).first;
    }
    if (!known_name->second.empty()) {
      all[by_name.at(known_name->second)].titles.push_back(step.title);
    }
  }
  return all;
}

}  // namespace

CodePlaces code_places(const Station& station, const Plan& plan) {
  CodePlaces places;
  places.station = station.folder;
  places.python_path.assign(plan.python_path.begin(), plan.python_path.end());
  places.written = {station.runs, station.data, station.state / "fatmaster.db"};
  const char* path = std::getenv("PATH");
  places.path = path == nullptr ? "/usr/bin:/bin" : path;
  return places;
}

std::vector<std::string> command_files(const Step& step, const CodePlaces& places) {
  const auto words = split_command(step.command).words;
  std::vector<std::string> files;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool program = i == 0 && !step.shell;
    const auto file = program ? program_file(words[i], places)
                              : std::optional{(places.station / words[i]).lexically_normal()};
    const bool is_code = file && (program || is_script(*file)) &&
                         std::ranges::none_of(places.written, [&](const auto& folder) {
                           return is_below(*file, folder);
                         });
    if (is_code && std::ranges::find(files, file->string()) == files.end()) {
      files.push_back(file->string());
    }
  }
  return files;
}

std::string to_text(const CodeChange& change) {
  const auto more = [](std::size_t count) {
    return count > 1 ? fmt::format(" and {} more", count - 1) : std::string{};
  };
  return fmt::format("{}{}: behind step '{}'{}",
                     change.files.empty() ? change.unit : change.files.front(),
                     more(change.files.size()),
                     change.titles.front(),
                     more(change.titles.size()));
}

void StepCode::learn(PackageFiles packages) {
  auto facts = *facts_;
  facts.packages = std::move(packages);
  facts_ = std::make_shared<const CodeFacts>(std::move(facts));
}

void StepCode::accept(const CodeSeen& news) {
  auto facts = *facts_;
  facts.known.add(news);
  facts_ = std::make_shared<const CodeFacts>(std::move(facts));
}

CodeLook StepCode::look(const Step& step) {
  if ((step.kind != StepKind::Python && step.kind != StepKind::Command) ||
      unanswered_ >= kMostUnanswered) {
    return {};
  }
  const auto read =
      answer_within(kPatience, [step, facts = facts_]() -> std::optional<UnitContent> {
        auto unit = unit_of(step, *facts);
        if (unit.name.empty()) {
          return std::nullopt;
        }
        return read_unit(unit.name, unit.files, facts->known.files);
      });
  CodeLook look;
  if (!read) {
    ++unanswered_;
    look.trouble = fmt::format(
        "the files behind step '{}' did not answer within {} ms: which code "
        "it runs is not recorded",
        step.title,
        kPatience.count());
    return look;
  }
  if (!*read) {
    return look;
  }
  const auto& content = **read;
  look.code = content.unit.code;
  const auto* before = find_unit(facts_->known, content.unit.name);
  if (before == nullptr || before->code != look.code) {
    look.changed = before != nullptr;
    look.news = {.files = new_files(content, facts_->known),
                 .units = {content.unit},
                 .repositories = {},
                 .accept_drift = {}};
    accept(look.news);
  }
  return look;
}

StepCode::Survey StepCode::survey(const Plan& plan) const {
  const auto wanted = steps_with_code(plan);
  std::vector<Step> steps;
  steps.reserve(wanted.size());
  for (const auto* step : wanted) {
    steps.push_back(*step);
  }
  Survey survey;
  const auto read = answer_within(kSurveyPatience, [steps = std::move(steps), facts = facts_] {
    return read_all(steps, *facts);
  });
  if (!read) {
    survey.trouble = fmt::format(
        "the files behind the steps did not answer within {} s: which code they run is not "
        "recorded",
        kSurveyPatience.count());
    return survey;
  }
  const auto& known = facts_->known;
  std::set<std::string> told;
  for (const auto& [content, titles] : *read) {
    const auto* before = find_unit(known, content.unit.name);
    if (before != nullptr && before->code == content.unit.code) {
      continue;
    }
    survey.news.units.push_back(content.unit);
    for (const auto& file : new_files(content, known)) {
      if (told.insert(file.path).second) {
        survey.news.files.push_back(file);
      }
    }
    if (before != nullptr) {
      survey.changes.push_back(
          {.unit = content.unit.name, .files = changed_files(content, known), .titles = titles});
    }
  }
  return survey;
}

}  // namespace fat

// Bytes as config.ini -> sections and plan. Sections written down again are the same sections; a
// plan without errors is stored, read back and begun.
#include <algorithm>
#include <set>

#include "fat/engine/run_campaign.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/plan/schedule_loader.hpp"
#include "fat/tasks/catalog.hpp"
#include "fuzz/scratch_folder.hpp"
#include "fuzz/targets.hpp"

namespace fat::fuzz {

namespace {

/// A station folder with a run JSON, a module and a backup target.
const ScratchFolder& bench() {
  static const ScratchFolder folder;
  static const bool written = [] {
    folder.write("runs/run/run_00012.json",
                 R"({"DEgg2021-3-133": "runs/run_00012/DEgg2021-3-133.json", "comment": "x"})");
    folder.write("runs/run_00012/DEgg2021-3-133.json",
                 R"({"DEggSerialNumber": "DEgg2021-3-133", "Port": 5000})");
    folder.write("tool.sh", "");
    return true;
  }();
  require(written, "the bench stands");
  return folder;
}

/// Lines of a value that a writer could not write: they would be comments.
bool is_writable(const IniFile& file) {
  return std::ranges::none_of(file.sections, [](const IniSection& section) {
    return std::ranges::any_of(section.keys, [](const IniKey& key) {
      return key.name.starts_with('[') || key.value.find("\n#") != std::string::npos ||
             key.value.find("\n;") != std::string::npos;
    });
  });
}

std::string written(const IniFile& file) {
  std::string text;
  for (const IniSection& section : file.sections) {
    text += "[" + section.name + "]\n";
    for (const IniKey& key : section.keys) {
      text += key.name + " = ";
      for (const char letter : key.value) {
        text += letter == '\n' ? "\n  " : std::string(letter == '%' ? 2 : 1, letter);
      }
      text += '\n';
    }
  }
  return text;
}

void require_same(const IniFile& one, const IniFile& other) {
  require(one.sections.size() == other.sections.size(), "as many sections when read again");
  for (std::size_t i = 0; i < one.sections.size(); ++i) {
    const auto& before = one.sections[i];
    const auto& after = other.sections[i];
    require(before.name == after.name && before.keys.size() == after.keys.size(),
            "the same sections when read again");
    for (std::size_t k = 0; k < before.keys.size(); ++k) {
      require(before.keys[k].name == after.keys[k].name, "the same keys when read again");
      require(before.keys[k].value == after.keys[k].value, "the same values when read again");
    }
  }
}

void check_sections(std::string_view input) {
  const auto file = parse_ini(input, "s.ini");
  require_sound(file.problems, input);
  // Values that are made of others may hold what no line can hold.
  if (file.problems.empty() && input.find("%(") == std::string_view::npos && is_writable(file)) {
    require_same(file, parse_ini(written(file), "s.ini"));
  }
}

void check_plan(const Plan& plan) {
  const auto text = to_json_text(plan);
  const auto read = plan_from_json_text(text);
  require(to_json_text(read) == text, "a plan that was stored is read back as it was");
  require(fingerprint(read) == fingerprint(plan), "a plan that was stored has its fingerprint");
  std::set<std::string> titles;
  for (const auto* list : {&plan.steps, &plan.safe_state, &plan.on_resume}) {
    for (const Step& step : *list) {
      require(titles.insert(step.title).second, "every title stands once");
      require(plain_text(step.title, step.title.size()) == step.title, "every title is plain");
      require(step.attempts >= 1, "every step is tried at least once");
    }
  }
  const RunCampaign campaign{plan};
  require(campaign.summary({}).steps.size() >= plan.steps.size(), "every step is in the summary");
}

}  // namespace

void schedule(std::string_view input) {
  check_sections(input);
  static const TaskCatalog& tasks = catalog();
  static const StationFile station = parse_station_file(
      "[station]\nname = bench\n[backup disk]\ntarget = /backup\n", "station.ini", bench().path());
  bench().write("s.ini", input);
  const auto loaded = load_plan({"s.ini", "", bench().path()}, tasks, station);
  require_sound(loaded.problems, input);
  if (!has_errors(loaded.problems)) {
    check_plan(loaded.plan);
  }
}

}  // namespace fat::fuzz

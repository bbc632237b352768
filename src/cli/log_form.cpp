#include "cli/log_form.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include <fmt/format.h>

#include "fat/people/logbook.hpp"
#include "fat/plan/run_file.hpp"

namespace fat {

namespace {

/// Lines of the quick check list that say what was done, not where things stand.
constexpr std::array<std::string_view, 3> kOfForm{"peripherals", "laser-supply", "gain"};

/// What the list asks for, then whatever else was checked by hand: the newest word on each.
std::vector<CheckLine> checks_of(const BenchFacts& facts) {
  auto lines = quick_check_list(facts);
  std::erase_if(lines, [](const CheckLine& line) {
    return std::ranges::find(kOfForm, line.name) == kOfForm.end();
  });
  std::set<std::string> known{kLogbookCheck, kLogCheck};
  for (const auto& line : lines) {
    known.insert(line.name);
  }
  for (const auto& record : std::ranges::reverse_view(facts.records)) {
    if (known.insert(record.check).second) {
      lines.push_back({.name = record.check,
                       .state = record.good ? CheckState::Good : CheckState::Bad,
                       .text = fmt::format("{} by {}, {}{}",
                                           outcome_of(record),
                                           record.who,
                                           to_local_text(record.at),
                                           record.note.empty() ? "" : ": " + record.note),
                       .mend = {}});
    }
  }
  return lines;
}

std::string place_of(const ModuleEntry& module) {
  return module.port == 0 ? module.host : fmt::format("{}:{}", module.host, module.port);
}

}  // namespace

RunForm form_of(const BenchFacts& facts) {
  RunForm form;
  form.run = facts.run.value_or(0);
  form.station = facts.station.name;
  form.shifter = facts.station.shift.shifter;
  form.comment = text_in_json_file(facts.station.folder / facts.run_file, "comment").value_or("");
  for (const auto& module : facts.modules) {
    form.modules.push_back({.serial = module.entry.serial,
                            .place = place_of(module.entry),
                            .box = text_in_json_file(module.file, "BoxNumber")});
  }
  form.checks = checks_of(facts);
  return form;
}

std::vector<MissingField> missing_fields(const RunForm& form) {
  std::vector<MissingField> missing;
  if (form.comment.empty()) {
    missing.push_back({.name = "the comment", .option = "--comment TEXT"});
  }
  if (form.shifter.empty()) {
    missing.push_back({.name = "the shifter", .option = "--shifter NAME"});
  }
  for (const auto& module : form.modules) {
    if (module.box && module.box->empty()) {
      missing.push_back({.name = "the box of " + module.serial,
                         .option = fmt::format("--box {}=BOX", module.serial)});
    }
  }
  for (const auto& check : form.checks) {
    if (check.name == "laser-supply" && check.state == CheckState::Open) {
      missing.push_back(
          {.name = "whether the laser's supply is on", .option = "--laser-supply yes|no"});
    }
  }
  return missing;
}

std::string form_text(const RunForm& form) {
  auto text = fmt::format("Start New Run\nRun: {}\nStation: {}\nShifter: {}\nComment: {}\n",
                          form.run,
                          form.station,
                          form.shifter,
                          form.comment);
  text += fmt::format("Modules: {}\n", form.modules.size());
  for (const auto& module : form.modules) {
    text += fmt::format("  {}{}{}\n",
                        module.serial,
                        module.place.empty() ? "" : " at " + module.place,
                        module.box.value_or("").empty() ? "" : ", box " + *module.box);
  }
  text += "Checks:\n";
  for (const auto& check : form.checks) {
    text += fmt::format("  {}: {} ({})\n", check.name, to_string(check.state), check.text);
  }
  return text + (form.remark.empty() ? "" : form.remark + '\n');
}

}  // namespace fat

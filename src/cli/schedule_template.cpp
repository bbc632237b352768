#include "cli/schedule_template.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "fat/plan/ini_file.hpp"

namespace fat {

namespace {

constexpr std::string_view kFragmentPrefix = "fragment ";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_comment(const std::string& line) {
  return line.starts_with('#') || line.starts_with(';');
}

bool is_continuation(const std::string& line) {
  return line.starts_with(' ') || line.starts_with('\t');
}

std::string value_of_key(const IniSection& section, std::string_view name) {
  const auto* key = find_key(section, name);
  return key == nullptr ? std::string{} : key->value;
}

bool has_word(std::string_view list, std::string_view wanted) {
  constexpr std::string_view between = " ,\t\n";
  for (std::size_t at = 0; (at = list.find_first_not_of(between, at)) != std::string_view::npos;) {
    const auto end = std::min(list.find_first_of(between, at), list.size());
    if (list.substr(at, end - at) == wanted) {
      return true;
    }
    at = end;
  }
  return false;
}

bool raises_high_voltage(const IniSection& section, const TaskCatalog& catalog) {
  if (has_word(value_of_key(section, "tags"), "hv")) {
    return true;
  }
  const bool is_ours = find_key(section, "package") == nullptr;
  const auto* task = is_ours ? find_task(catalog, value_of_key(section, "task")) : nullptr;
  return task != nullptr &&
         (task->name == "validate_gain" ||  // asks for what only a gain scan finds
          std::ranges::find(task->parameters, "hv_after", &ParameterInfo::name) !=
              task->parameters.end());
}

using Names = std::set<std::string, std::less<>>;

/// A fragment that had members and has none any more.
bool is_empty_fragment(const std::string& name, const IniFile& ini, const Names& left_out) {
  const auto is_member = [&](const IniSection& section) {
    return section.name.starts_with(name + "/");
  };
  return std::ranges::any_of(ini.sections, is_member) &&
         std::ranges::none_of(ini.sections, [&](const IniSection& section) {
           return is_member(section) && !left_out.contains(section.name);
         });
}

/// Fragments that are empty now, but that a section names for a fragment of its own: takes them
/// out of `left_out`, and returns the members that they get.
std::string stand_ins(const IniFile& ini, Names& left_out) {
  std::string members;
  for (const auto& section : ini.sections) {
    const bool stays = !left_out.contains(section.name);
    for (const auto& key : section.keys) {
      const bool names_one = stays && key.name != "fragment" &&
                             left_out.erase(std::string{kFragmentPrefix} + key.value) > 0;
      members += names_one ? fmt::format("\n[{}/status]\ntask = status_check\n", key.value) : "";
    }
  }
  return members;
}

bool uses_nothing(const IniSection& section, const IniFile& ini, const Names& left_out) {
  const auto fragment = section.name.starts_with(kFragmentPrefix)
                            ? section.name.substr(kFragmentPrefix.size())
                            : value_of_key(section, "fragment");
  return !fragment.empty() && is_empty_fragment(fragment, ini, left_out);
}

/// Names of the sections that `no_hv` takes away.
Names sections_with_high_voltage(const IniFile& ini, const TaskCatalog& catalog) {
  Names left_out;
  for (const auto& section : ini.sections) {
    if (raises_high_voltage(section, catalog)) {
      left_out.insert(section.name);
    }
  }
  for (std::size_t before = 0; before != left_out.size();) {
    before = left_out.size();
    for (const auto& section : ini.sections) {
      if (uses_nothing(section, ini, left_out)) {
        left_out.insert(section.name);
      }
    }
  }
  return left_out;
}

/// Marks the lines from the comment above the section's header to the one above the next.
void drop_section(const IniFile& ini,
                  std::size_t index,
                  const std::vector<std::string>& lines,
                  std::vector<bool>& dropped) {
  const auto first_line = [&](std::size_t section) {
    auto line = static_cast<std::size_t>(ini.sections[section].line) - 1;
    while (line > 0 && is_comment(lines[line - 1])) {
      --line;
    }
    return line;
  };
  const auto end = index + 1 < ini.sections.size() ? first_line(index + 1) : lines.size();
  for (auto line = first_line(index); line < end; ++line) {
    dropped[line] = true;
  }
}

/// The line of run_file, and what its old value went on with.
void set_run_file(const IniFile& ini,
                  const std::string& run_file,
                  std::vector<std::string>& lines,
                  std::vector<bool>& dropped) {
  const auto constants = std::ranges::find(ini.sections, "constants", &IniSection::name);
  const auto wanted = "run_file = " + run_file;
  if (constants == ini.sections.end()) {
    lines.front() = "[constants]\n" + wanted + "\n\n" + lines.front();
    return;
  }
  const auto* key = find_key(*constants, "run_file");
  if (key == nullptr || key->inherited) {
    lines[static_cast<std::size_t>(constants->line) - 1] += "\n" + wanted;
    return;
  }
  const auto first = static_cast<std::size_t>(key->line) - 1;
  lines[first] = wanted;
  for (auto line = first + 1; line < lines.size() && is_continuation(lines[line]); ++line) {
    dropped[line] = true;
  }
}

}  // namespace

std::string schedule_from_template(std::string_view text,
                                   const TemplateUse& use,
                                   const TaskCatalog& catalog) {
  const auto ini = parse_ini(text, "template");
  auto lines = lines_of(text);
  if (lines.empty()) {
    lines.emplace_back();
  }
  std::vector<bool> dropped(lines.size(), false);
  std::string members;
  if (use.no_hv) {
    auto left_out = sections_with_high_voltage(ini, catalog);
    members = stand_ins(ini, left_out);
    for (std::size_t i = 0; i < ini.sections.size(); ++i) {
      if (left_out.contains(ini.sections[i].name)) {
        drop_section(ini, i, lines, dropped);
      }
    }
  }
  set_run_file(ini, use.run_file, lines, dropped);
  auto result = fmt::format("# {}\n", use.remark);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    result += dropped[i] ? "" : lines[i] + "\n";
  }
  return result + members;
}

}  // namespace fat

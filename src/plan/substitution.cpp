// A value with ${name} -> the value with the fragment's parameters in their place.
#include "plan/substitution.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::size_t kMaxValue = 1U << 20U;

std::string not_a_parameter(std::string_view name,
                            const Parameters* parameters,
                            const SectionReport& report) {
  const std::string advice = "; write $${ for a literal ${";
  if (parameters == nullptr) {
    return fmt::format("${{{}}} stands outside of a fragment{}", shortened(name), advice);
  }
  std::vector<std::string> names;
  for (const auto& [known, value] : *parameters) {
    names.push_back(known);
  }
  std::ranges::sort(names);
  const auto suggestion = report.suggest(name, names);
  return fmt::format("${{{}}} is not among the fragment's parameters{}",
                     shortened(name),
                     suggestion.empty() ? advice : suggestion);
}

/// nullptr after a report.
const std::string* find_value(const std::string& name,
                              const IniKey& key,
                              const Parameters* parameters,
                              SectionReport& report) {
  if (parameters == nullptr || !parameters->contains(name)) {
    report.error(key, not_a_parameter(name, parameters, report));
    return nullptr;
  }
  return &parameters->at(name);
}

}  // namespace

std::optional<IniSection> Substitution::replaced(const IniSection& section,
                                                 const Parameters* parameters,
                                                 const std::string& file,
                                                 ProblemList& problems) {
  const auto has_mark = [](const IniKey& key) { return key.value.find("${") != std::string::npos; };
  if (std::ranges::none_of(section.keys, has_mark)) {
    return std::nullopt;
  }
  SectionReport report{file, section, problems};
  IniSection result = section;
  for (IniKey& key : result.keys) {
    if (has_mark(key)) {
      key.value = replace_value(key, parameters, report);
    }
  }
  return result;
}

std::string Substitution::replace_value(const IniKey& key,
                                        const Parameters* parameters,
                                        SectionReport& report) {
  std::string result;
  std::string_view rest = key.value;
  for (auto mark = rest.find("${"); mark != std::string_view::npos; mark = rest.find("${")) {
    const bool literal = mark > 0 && rest[mark - 1] == '$';
    result += rest.substr(0, literal ? mark - 1 : mark);
    rest.remove_prefix(mark + 2);
    if (literal) {
      result += "${";
      continue;
    }
    const auto end = rest.find('}');
    if (end == std::string_view::npos) {
      report.error(key, "'${' without '}'; write $${ for a literal ${");
      return result;
    }
    const auto name = lower_case(trimmed(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
    const std::string* value = find_value(name, key, parameters, report);
    if (value == nullptr) {
      return result;
    }
    if (value->size() > left_ || result.size() + value->size() > kMaxValue) {
      report.error(key, "grows too large by its ${...}");
      return result;
    }
    left_ -= value->size();
    result += *value;
  }
  return result.append(rest);
}

}  // namespace fat

// Sections that use fragments -> their steps. Depth, number of steps and size of values are
// limited.
#include "plan/fragments.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/raw_text.hpp"
#include "plan/step_keys.hpp"

namespace fat {

namespace {

constexpr std::string_view kHeaderPrefix = "fragment ";
constexpr std::size_t kMaxVisits = 200'000;  // steps and fragments of a plan
constexpr std::size_t kMaxFragmentDepth = 16;
constexpr std::size_t kMaxTitle = 1000;  // bytes

std::size_t size_of(const IniSection& section) {
  std::size_t size = 0;
  for (const IniKey& key : section.keys) {
    size += key.name.size() + key.value.size();
  }
  return size;
}

}  // namespace

Fragments::Fragments(const IniFile& file, StepReader& reader, ProblemList& problems)
    : file_(file), reader_(reader), problems_(problems) {
  find_headers();
  if (!fragments_.empty()) {
    find_members();
  }
}

void Fragments::find_headers() {
  for (const IniSection& section : file_.sections) {
    if (section.name.starts_with(kHeaderPrefix)) {
      owned_.insert(&section);
      read_header(section, std::string{trimmed(section.name.substr(kHeaderPrefix.size()))});
    }
  }
}

void Fragments::read_header(const IniSection& section, std::string name) {
  SectionReport report{file_.name, section, problems_};
  if (name.empty() || fragments_.contains(name)) {
    report.error(name.empty() ? "names no fragment" : "is there twice");
    return;
  }
  Fragment fragment{&section, {}, {}, false};
  for (const IniKey& key : section.keys) {
    if (key.name == "parameters") {
      fragment.parameters = list_items(lower_case(key.value));
    } else if (!key.inherited) {
      report.error(key,
                   "a fragment's header has only 'parameters'; its steps are sections "
                   "[" +
                       shortened(name) + "/...]");
    }
  }
  check_parameters(fragment.parameters, report);
  names_.push_back(name);
  fragments_.emplace(std::move(name), std::move(fragment));
}

void Fragments::check_parameters(std::vector<std::string>& names, SectionReport& report) {
  std::unordered_set<std::string> seen;
  std::erase_if(names, [&](const std::string& name) {
    const bool fits = name != "fragment" && name != "repeat" && seen.insert(name).second;
    if (!fits) {
      report.error(fmt::format("cannot have a parameter {}: the name is taken", in_quotes(name)));
    }
    return !fits;
  });
}

void Fragments::find_members() {
  for (const IniSection& section : file_.sections) {
    const auto name = std::string_view{section.name}.substr(0, kMaxTitle);
    for (auto slash = name.rfind('/'); slash != std::string_view::npos && slash > 0;
         slash = name.rfind('/', slash - 1)) {
      const auto found = fragments_.find(std::string{name.substr(0, slash)});
      if (found != fragments_.end() && !owned_.contains(&section) && slash + 1 < name.size()) {
        found->second.members.push_back(&section);
        owned_.insert(&section);
        break;
      }
    }
  }
  for (const auto& name : names_) {
    const Fragment& fragment = fragments_.at(name);
    if (fragment.members.empty()) {
      SectionReport{file_.name, *fragment.header, problems_}.error(
          fmt::format("has no steps; they are sections [{}/...]", shortened(name)));
    }
  }
}

void Fragments::expand(const IniSection& section, StepList list, std::vector<Step>& steps) {
  expand_at(section, {section.name, list, nullptr}, steps);
}

void Fragments::report_unused() {
  for (const auto& name : names_) {
    if (const Fragment& fragment = fragments_.at(name); !fragment.used) {
      problems_.warning(
          {file_.name, fragment.header->line},
          fmt::format("fragment {} is used nowhere; its steps are not checked", in_quotes(name)));
    }
  }
}

void Fragments::expand_at(const IniSection& raw, const Place& place, std::vector<Step>& steps) {
  if (!within_limits(raw, place)) {
    return;
  }
  const auto copy = substitution_.replaced(raw, place.parameters, file_.name, problems_);
  const IniSection& section = copy ? *copy : raw;
  const IniKey* work = find_work(section);
  if (work != nullptr && work->name == "fragment") {
    use(section, *work, place, steps);
    return;
  }
  if (auto step = reader_.read(section, place.title, place.list, file_.name)) {
    steps.push_back(std::move(*step));
  }
}

bool Fragments::within_limits(const IniSection& section, const Place& place) {
  const SourceLine where{file_.name, section.line};
  if (place.title.size() > kMaxTitle) {
    problems_.error(where, fmt::format("a title is longer than {} bytes", kMaxTitle));
    return false;
  }
  const std::size_t size = place.parameters == nullptr ? 0 : size_of(section);
  if (visits_ < kMaxVisits && size <= left_) {
    ++visits_;
    left_ -= size;
    return true;
  }
  if (visits_ <= kMaxVisits) {
    visits_ = kMaxVisits + 1;  // nothing more is expanded
    problems_.error(where,
                    fmt::format("the schedule has more than {} steps, or more than {} MiB",
                                kMaxVisits,
                                kMaxExpanded >> 20U));
  }
  return false;
}

void Fragments::use(const IniSection& section,
                    const IniKey& name,
                    const Place& place,
                    std::vector<Step>& steps) {
  SectionReport report{file_.name, section, problems_};
  if (const IniKey* package = find_key(section, "package");
      package != nullptr && !package->inherited) {
    report.error(*package,
                 "a Python function cannot build steps here; write them as sections of a "
                 "[fragment NAME] and name it without 'package'");
    return;
  }
  if (!may_use(name.value, name, report)) {
    return;
  }
  Fragment& fragment = fragments_.at(name.value);
  fragment.used = true;
  const auto parameters = bind(section, fragment, report);
  if (parameters.size() != fragment.parameters.size()) {
    return;  // reported; expanding would only repeat it
  }
  const auto times = repeat_of(section, report);
  if (fragment.members.empty()) {
    return;
  }
  open_.push_back(name.value);
  repeat(name.value, {place.title, place.list, &parameters}, times, steps);
  open_.pop_back();
}

bool Fragments::may_use(const std::string& name, const IniKey& key, SectionReport& report) {
  if (!fragments_.contains(name)) {
    report.error(key,
                 fmt::format("no [fragment {}]{}", shortened(name), report.suggest(name, names_)));
    return false;
  }
  if (std::ranges::find(open_, name) != open_.end()) {
    report.error(key, fmt::format("fragment {} would contain itself", in_quotes(name)));
    return false;
  }
  if (open_.size() == kMaxFragmentDepth) {
    report.error(key, fmt::format("fragments are nested more than {} deep", kMaxFragmentDepth));
    return false;
  }
  return true;
}

/// nullopt: once, without a number in its titles.
std::optional<int> Fragments::repeat_of(const IniSection& section, SectionReport& report) {
  const IniKey* key = find_key(section, "repeat");
  if (key == nullptr) {
    return std::nullopt;
  }
  const auto number = parse_integer(key->value);
  if (!number || *number < 0 || *number > static_cast<long long>(kMaxVisits)) {
    report.wrong(*key, fmt::format("a whole number from 0 to {}", kMaxVisits));
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

Parameters Fragments::bind(const IniSection& section,
                           const Fragment& fragment,
                           SectionReport& report) {
  Parameters result;
  const auto& declared = fragment.parameters;
  for (const IniKey& key : section.keys) {
    const auto name =
        key.name.starts_with(kArgumentPrefix) ? key.name.substr(kArgumentPrefix.size()) : key.name;
    if (std::ranges::find(declared, name) != declared.end()) {
      result.emplace(name, key.value);
    } else if (!key.inherited && key.name != "fragment" && key.name != "repeat") {
      report.error(key,
                   is_reserved(key.name)
                       ? "stands in the steps of the fragment, not where it is used"
                       : fmt::format("the fragment has no such parameter{}",
                                     report.suggest(name, declared)));
    }
  }
  for (const auto& name : declared) {
    if (!result.contains(name)) {
      report.error(fmt::format("lacks {}, a parameter of its fragment", in_quotes(name)));
    }
  }
  return result;
}

void Fragments::repeat(const std::string& name,
                       const Place& place,
                       std::optional<int> times,
                       std::vector<Step>& steps) {
  const auto width = fmt::formatted_size("{}", times.value_or(0));
  for (int i = 1; i <= times.value_or(1) && visits_ <= kMaxVisits; ++i) {
    const auto prefix = times ? fmt::format("{}/{:0{}}", place.title, i, width) : place.title;
    for (const IniSection* member : fragments_.at(name).members) {
      expand_at(*member,
                {prefix + member->name.substr(name.size()), place.list, place.parameters},
                steps);
    }
  }
}

}  // namespace fat

// Sections as written and [DEFAULT] -> sections as Python's BasicInterpolation delivers them.
#include "plan/interpolation.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr int kMaxInterpolationDepth = 10;                // Python's MAX_INTERPOLATION_DEPTH
constexpr std::size_t kMaxValue = 1U << 20U;              // bytes of one value
constexpr std::size_t kMaxWork = std::size_t{64} << 20U;  // bytes and references of one file
constexpr std::size_t kCostOfReference = 32;

/// Why a value cannot be replaced; the sentence goes into the problem.
class InterpolationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Spends the work allowed for one file.
class Budget {
 public:
  void spend(std::size_t work) {
    if (work > left_) {
      left_ = 0;
      throw InterpolationError("%(...)s and [DEFAULT] make this file too large");
    }
    left_ -= work;
  }

 private:
  std::size_t left_ = kMaxWork;
};

/// Replaces %(name)s in the values of one section.
class Interpolator {
 public:
  Interpolator(const IniSection& section, Budget& budget) : budget_(budget) {
    for (const IniKey& key : section.keys) {
      values_.emplace(key.name, key.value);
    }
  }

  std::string replaced(std::string_view text) {
    result_.clear();
    append(text, 1);
    return result_;
  }

 private:
  void append(std::string_view rest, int depth) {
    if (depth > kMaxInterpolationDepth) {
      throw InterpolationError(
          fmt::format("%(...)s is nested more than {} deep", kMaxInterpolationDepth));
    }
    while (!rest.empty()) {
      const auto percent = rest.find('%');
      add(rest.substr(0, percent));
      if (percent == std::string_view::npos) {
        return;
      }
      rest.remove_prefix(percent);
      rest.remove_prefix(replace_one(rest, depth));
    }
  }

  /// `rest` starts with %. Returns how much of it was used.
  std::size_t replace_one(std::string_view rest, int depth) {
    if (rest.substr(1, 1) == "%") {
      add("%");
      return 2;
    }
    const auto end = rest.find(')');
    if (rest.substr(1, 1) != "(") {
      throw InterpolationError(fmt::format(
          "'%' must be followed by '%' or '(', here stands {}; write %% for a percent sign",
          in_quotes(rest.substr(0, 20))));
    }
    if (end == std::string_view::npos || end == 2 || rest.substr(end + 1, 1) != "s") {
      throw InterpolationError(
          fmt::format("{} is not of the form %(name)s", in_quotes(rest.substr(0, 20))));
    }
    const auto name = lower_case(rest.substr(2, end - 2));
    const auto found = values_.find(name);
    if (found == values_.end()) {
      throw InterpolationError(fmt::format(
          "%({})s: neither this section nor [DEFAULT] has such a key", shortened(name)));
    }
    budget_.spend(kCostOfReference);
    append(found->second, depth + 1);
    return end + 2;
  }

  void add(std::string_view text) {
    budget_.spend(text.size());
    if (result_.size() + text.size() > kMaxValue) {
      throw InterpolationError("the value grows over 1 MiB by %(...)s");
    }
    result_ += text;
  }

  std::unordered_map<std::string, std::string_view> values_;
  std::string result_;
  Budget& budget_;
};

void inherit(IniSection& section, const std::vector<IniKey>& defaults, Budget& budget) {
  std::unordered_set<std::string_view> own;
  for (const IniKey& key : section.keys) {
    own.insert(key.name);
  }
  std::vector<IniKey> inherited;
  for (const IniKey& key : defaults) {
    if (!own.contains(key.name)) {
      budget.spend(key.value.size() + kCostOfReference);
      inherited.push_back(key);
      inherited.back().inherited = true;
    }
  }
  section.keys.insert(section.keys.end(), inherited.begin(), inherited.end());
}

bool has_percent(const IniKey& key) {
  return key.value.find('%') != std::string::npos;
}

/// The replaced value, or nullopt after reporting why there is none.
std::optional<std::string> try_replace(Interpolator& interpolator,
                                       const IniKey& key,
                                       const std::string& file,
                                       ProblemList& problems) {
  try {
    return interpolator.replaced(key.value);
  } catch (const InterpolationError& error) {
    problems.error({file, key.line}, fmt::format("{}: {}", in_quotes(key.name), error.what()));
    return std::nullopt;
  }
}

void interpolate(IniSection& section,
                 const std::string& file,
                 Budget& budget,
                 ProblemList& problems) {
  if (std::ranges::none_of(section.keys, has_percent)) {
    return;
  }
  std::vector<std::pair<std::size_t, std::string>> results;
  Interpolator interpolator{section, budget};
  for (std::size_t i = 0; i < section.keys.size(); ++i) {
    if (!has_percent(section.keys[i])) {
      continue;
    }
    if (auto value = try_replace(interpolator, section.keys[i], file, problems)) {
      results.emplace_back(i, std::move(*value));
    }
  }
  for (auto& [index, value] : results) {  // only now: the interpolator reads the values as written
    section.keys[index].value = std::move(value);
  }
}

}  // namespace

void apply_defaults_and_interpolate(std::vector<IniSection>& sections,
                                    const std::vector<IniKey>& defaults,
                                    const std::string& file,
                                    ProblemList& problems) {
  Budget budget;
  for (IniSection& section : sections) {
    if (!defaults.empty()) {
      try {
        inherit(section, defaults, budget);
      } catch (const InterpolationError& error) {
        problems.error({file, section.line}, error.what());
        return;
      }
    }
    interpolate(section, file, budget, problems);
  }
}

}  // namespace fat

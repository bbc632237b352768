#include "plan/step_order.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "plan/raw_text.hpp"

namespace fat {

namespace {

/// What one name means.
struct Meaning {
  std::vector<std::string> titles;
  std::size_t last = 0;  ///< of their places in the plan
};

class Order {
 public:
  explicit Order(const std::vector<Step>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      places_.emplace(steps[i].title, i);
    }
  }

  Meaning meaning(const std::string& name, std::string_view own_title) const {
    for (auto slash = own_title.rfind('/'); slash != std::string_view::npos && slash > 0;
         slash = own_title.rfind('/', slash - 1)) {
      auto found = exactly(fmt::format("{}/{}", own_title.substr(0, slash), name));
      if (!found.titles.empty()) {
        return found;
      }
    }
    return exactly(name);
  }

  std::vector<std::string> titles() const {
    std::vector<std::string> all;
    all.reserve(places_.size());
    for (const auto& [title, place] : places_) {
      all.push_back(title);
    }
    return all;
  }

 private:
  Meaning exactly(const std::string& name) const {
    if (const auto found = places_.find(name); found != places_.end()) {
      return {{name}, found->second};
    }
    Meaning all;
    const auto prefix = name + "/";
    for (auto each = places_.lower_bound(prefix);
         each != places_.end() && each->first.starts_with(prefix);
         ++each) {
      all.titles.push_back(each->first);
      all.last = std::max(all.last, each->second);
    }
    return all;
  }

  std::map<std::string, std::size_t> places_;
};

}  // namespace

void resolve_after(std::vector<Step>& steps, ProblemList& problems) {
  if (std::ranges::all_of(steps, [](const Step& step) { return step.after.empty(); })) {
    return;
  }
  const Order order{steps};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto& step = steps[i];
    std::vector<std::string> titles;
    for (const auto& name : step.after) {
      auto meant = order.meaning(name, step.title);
      const auto wrong = [&](const std::string& what) {
        problems.error(step.source,
                       fmt::format("'after' in [{}]: {}", shortened(step.title), what));
      };
      if (meant.titles.empty()) {
        wrong(fmt::format("no step {}{}", in_quotes(name), problems.suggest(name, order.titles())));
      } else if (meant.last == i) {
        wrong("the step would wait for itself");
      } else if (meant.last > i) {
        wrong(
            fmt::format("{} stands later and would never come; name an earlier step, or move one "
                        "of them",
                        in_quotes(name)));
      }
      titles.insert(titles.end(), meant.titles.begin(), meant.titles.end());
    }
    step.after = std::move(titles);
  }
}

}  // namespace fat

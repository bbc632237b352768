#include "cli/rehearsal_svg.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "cli/temperature_curve.hpp"
#include "fat/engine/target_temperature.hpp"
#include "fat/model/local_time.hpp"

namespace fat {

namespace {

using namespace std::chrono_literals;

constexpr double kWidth = 1240, kLeft = 150, kRight = 40, kTop = 84;
constexpr double kTemperatureHeight = 110, kLane = 34, kBar = 22, kGap = 26, kBottom = 76;
constexpr double kNarrow = 1.5;  ///< bars below that are drawn together
constexpr int kMostTicks = 12;

/// No variables: not every viewer knows them.
constexpr auto kStyle = R"(
  text { font: 12px system-ui, 'DejaVu Sans', sans-serif; fill: #1d2733; } .title { font-size: 17px; font-weight: 600; }
  .end { text-anchor: end; } .mid { text-anchor: middle; } text.faint { fill: #6b7785; }
  .ground { fill: #ffffff; } .night { fill: #eceff5; } .grid { stroke: #dfe4ea; } .work { fill: #3778bf; } .wait { fill: #b9c6d4; }
  .set { fill: #0d9aa8; } .ask { fill: #e39a17; } .bad { fill: #cf3f38; } .range { stroke: #6b7785; stroke-width: 2; }
  .warmth { fill: none; stroke: #c8553d; stroke-width: 2; stroke-linejoin: round; } .call { stroke: #e39a17; stroke-dasharray: 2 3; }
  rect:hover { opacity: .75; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6ebf1; } text.faint { fill: #93a0ae; } .ground { fill: #14191f; } .night { fill: #1d2530; } .grid { stroke: #2b343e; }
    .work { fill: #5f9fe6; } .wait { fill: #4a5765; } .set { fill: #35c3cf; } .ask { fill: #f0b244; } .bad { fill: #f0655c; }
    .range { stroke: #93a0ae; } .warmth { stroke: #f08a70; } .call { stroke: #f0b244; } }
)";

WallTime midnight_before(WallTime when) {
  return parse_local_time(to_local_text(when).substr(0, 10) + " 00:00").value_or(when);
}

/// Several narrow bars that stand together, or one.
struct Bar {
  double left = 0, right = 0;
  const char* look = "work";
  const RehearsedAttempt *first = nullptr, *last = nullptr;
  int attempts = 1;
};

class Drawing {
 public:
  explicit Drawing(const RehearsalReport& report) : report_(report), rehearsal_(report.rehearsal) {
    const auto& range = rehearsal_.milestones.back().range;
    until_ = std::max(rehearsal_.end, range ? range->late : rehearsal_.end);
    until_ = std::max(until_, rehearsal_.start + Microseconds{1min});
    collect_lanes();
    has_temperature_ = std::ranges::any_of(rehearsal_.milestones,
                                           [](const auto& one) { return one.celsius.has_value(); });
  }

  std::string draw();

 private:
  double x(WallTime when) const {
    const Seconds whole = until_ - rehearsal_.start, part = when - rehearsal_.start;
    return kLeft + ((kWidth - kLeft - kRight) * std::clamp(part / whole, 0.0, 1.0));
  }

  /// Of the end; nullopt when it is certain.
  std::optional<TimeRange> range() const {
    const auto& range = rehearsal_.milestones.back().range;
    return range && range->early < range->late ? range : std::nullopt;
  }

  double lanes_top() const { return kTop + (has_temperature_ ? kTemperatureHeight + kGap : 0); }

  double lanes_bottom() const { return lanes_top() + (kLane * static_cast<double>(lanes_.size())); }

  void collect_lanes();
  const char* look_of(const RehearsedAttempt& one) const;
  void add_header();
  void add_nights();
  void add_ticks();
  void add_temperature();
  void add_lanes();
  void add_bar(const Bar& bar, double top);
  static std::string tooltip(const Bar& bar);
  void add_calls();
  void add_end();
  void add_legend();

  template <typename... Values>
  void put(fmt::format_string<Values...> text, Values&&... values) {
    body_ += fmt::format(text, std::forward<Values>(values)...);
  }

  const RehearsalReport& report_;
  const Rehearsal& rehearsal_;
  WallTime until_;
  std::vector<std::pair<std::string, std::vector<const RehearsedAttempt*>>> lanes_;
  std::size_t people_ = 0;  ///< their place in lanes_
  bool has_temperature_ = false;
  std::string body_;
};

void Drawing::collect_lanes() {
  std::map<std::string, std::vector<const RehearsedAttempt*>> resources;
  std::vector<const RehearsedAttempt*> bench, people;
  for (const auto& one : rehearsal_.attempts) {
    if (one.kind == StepKind::Prompt) {
      people.push_back(&one);
    } else if (one.key.list == StepList::Backup) {
      resources["backup"].push_back(&one);
    } else if (one.needs.empty()) {
      bench.push_back(&one);
    } else {
      for (const auto& need : one.needs) {
        resources[std::string{resource_of(need)}].push_back(&one);
      }
    }
  }
  lanes_.emplace_back("bench", std::move(bench));
  for (auto& [name, attempts] : resources) {
    lanes_.emplace_back(name, std::move(attempts));
  }
  lanes_.emplace_back("people", std::move(people));
  people_ = lanes_.size() - 1;
  if (range()) {
    lanes_.emplace_back("end", std::vector<const RehearsedAttempt*>{});
  }
}

const char* Drawing::look_of(const RehearsedAttempt& one) const {
  if (one.outcome != Outcome::Done) {
    return "bad";
  }
  if (one.kind == StepKind::Prompt) {
    return "ask";
  }
  if (one.kind == StepKind::Wait) {
    return "wait";
  }
  const auto* step =
      find_step(report_.plan, one.key.list, one.key.title, static_cast<std::size_t>(one.index));
  return step != nullptr && target_temperature(*step) ? "set" : "work";
}

void Drawing::add_header() {
  const auto& range = rehearsal_.milestones.back().range;
  put("<text class='title' x='24' y='34'>Rehearsal of run {}</text>\n", report_.plan.run_number);
  put("<text class='faint' x='24' y='56'>{}: {} steps in {}, from {} to {}</text>\n",
      escaped(report_.plan.schedule_file.substr(report_.plan.schedule_file.rfind('/') + 1)),
      report_.plan.steps.size(),
      to_text(rehearsal_.end - rehearsal_.start),
      minute_text(rehearsal_.start),
      range ? to_text(TimeRange{range->early, rehearsal_.end, range->late})
            : minute_text(rehearsal_.end));
}

void Drawing::add_nights() {
  if (!report_.quiet) {
    return;
  }
  const Microseconds from = std::chrono::minutes{report_.quiet->from};
  Microseconds until = std::chrono::minutes{report_.quiet->until};
  until += until <= from ? Microseconds{24h} : Microseconds{0};
  for (auto day = midnight_before(rehearsal_.start) - 24h; day < until_; day += 24h) {
    if (day + until > rehearsal_.start && day + from < until_) {
      const double left = x(day + from);
      put("<rect class='night' x='{:.1f}' y='{:.0f}' width='{:.1f}' height='{:.0f}'>"
          "<title>quiet hours</title></rect>\n",
          left,
          kTop,
          x(day + until) - left,
          lanes_bottom() - kTop);
    }
  }
}

void Drawing::add_ticks() {
  constexpr std::array<Microseconds, 13> steps{
      1min, 5min, 10min, 30min, 1h, 2h, 3h, 6h, 12h, 24h, 48h, 168h, 720h};
  const auto whole = until_ - rehearsal_.start;
  const auto* const found =
      std::ranges::find_if(steps, [&](Microseconds one) { return whole / one < kMostTicks; });
  const auto every = found == steps.end() ? whole / kMostTicks : *found;
  std::string day;
  for (auto tick = midnight_before(rehearsal_.start); tick <= until_; tick += every) {
    if (tick < rehearsal_.start) {
      continue;
    }
    const auto text = minute_text(tick);
    const double at = x(tick);
    put("<line class='grid' x1='{0:.1f}' x2='{0:.1f}' y1='{1:.0f}' y2='{2:.0f}'/>\n",
        at,
        kTop,
        lanes_bottom());
    put("<text class='mid faint' x='{:.1f}' y='{:.0f}'>{}</text>\n",
        at,
        lanes_bottom() + 18,
        text.substr(11));
    if (text.substr(0, 10) != day) {
      day = text.substr(0, 10);
      put("<text class='mid' x='{:.1f}' y='{:.0f}'>{}</text>\n", at, lanes_bottom() + 34, day);
    }
  }
}

void Drawing::add_temperature() {
  if (has_temperature_) {
    body_ += temperature_curve(report_,
                               {.left = kLeft,
                                .right = kWidth - kRight,
                                .top = kTop,
                                .bottom = kTop + kTemperatureHeight,
                                .x = [this](WallTime when) { return x(when); }});
  }
}

std::string Drawing::tooltip(const Bar& bar) {
  const auto label = [](const RehearsedAttempt& one) {
    const auto title = one.key.list == StepList::Main
                           ? fmt::format("[{}] {}", one.index, one.key.title)
                           : fmt::format("{}: {}", to_string(one.key.list), one.key.title);
    return escaped(title);
  };
  const auto times = fmt::format("{} to {} ({})",
                                 minute_text(bar.first->began),
                                 minute_text(bar.last->ended),
                                 to_text(bar.last->ended - bar.first->began));
  if (bar.attempts > 1) {
    return fmt::format(
        "{} steps, {} to {}\n{}", bar.attempts, label(*bar.first), label(*bar.last), times);
  }
  return fmt::format(
      "{}{}\n{}\n{}",
      label(*bar.first),
      bar.first->key.attempt > 1 ? fmt::format(", attempt {}", bar.first->key.attempt) : "",
      times,
      to_string(bar.first->outcome));
}

void Drawing::add_bar(const Bar& bar, double top) {
  put("<rect class='{}' x='{:.2f}' y='{:.1f}' width='{:.2f}' height='{:.0f}' rx='{:.0f}'>"
      "<title>{}</title></rect>\n",
      bar.look,
      bar.left,
      top,
      std::max(bar.right - bar.left, 0.7),
      kBar,
      bar.right - bar.left > 6 ? 2.0 : 0.0,
      tooltip(bar));
}

void Drawing::add_lanes() {
  double top = lanes_top();
  for (const auto& [name, attempts] : lanes_) {
    put("<text class='end' x='{:.0f}' y='{:.1f}'>{}</text>\n",
        kLeft - 12,
        top + (kLane / 2) + 4,
        escaped(name));
    put("<line class='grid' x1='{:.0f}' x2='{:.0f}' y1='{:.1f}' y2='{:.1f}'/>\n",
        kLeft,
        kWidth - kRight,
        top + kLane,
        top + kLane);
    std::vector<Bar> bars;
    for (const auto* one : attempts) {
      const Bar bar{.left = x(one->began),
                    .right = x(one->ended),
                    .look = look_of(*one),
                    .first = one,
                    .last = one};
      const bool joins =
          !bars.empty() && bar.right - bar.left < kNarrow && bars.back().look == bar.look &&
          bar.left - bars.back().right < 0.5 &&
          (bars.back().attempts > 1 || bars.back().right - bars.back().left < kNarrow);
      if (joins) {
        bars.back().right = std::max(bars.back().right, bar.right);
        bars.back().last = one;
        ++bars.back().attempts;
      } else {
        bars.push_back(bar);
      }
    }
    for (const auto& bar : bars) {
      add_bar(bar, top + ((kLane - kBar) / 2));
    }
    top += kLane;
  }
}

void Drawing::add_calls() {
  for (const auto& one : rehearsal_.milestones) {
    if (one.kind != MilestoneKind::Person && one.kind != MilestoneKind::Trouble) {
      continue;
    }
    const bool person = one.kind == MilestoneKind::Person;
    const double at = x(one.at), y = lanes_top() + (kLane * static_cast<double>(people_));
    if (person) {
      put("<line class='call' x1='{0:.1f}' x2='{0:.1f}' y1='{1:.0f}' y2='{2:.0f}'/>\n",
          at,
          kTop,
          lanes_bottom());
    }
    put("<path class='{0}' d='M{1:.1f} {2:.1f}l-5 -9h10z'><title>{3}: {4}\n{5}</title></path>\n",
        person ? "ask" : "bad",
        at,
        y + 9,
        minute_text(one.at),
        escaped(one.step.empty() ? std::string{to_string(one.kind)}
                                 : step_label(report_.plan, one.step)),
        escaped(one.text));
  }
}

void Drawing::add_end() {
  const auto range = this->range();
  if (!range) {
    return;
  }
  const double y = lanes_bottom() - (kLane / 2);
  put("<g class='range'><title>the end, in four cases of five: {3}</title>"
      "<line x1='{0:.1f}' x2='{1:.1f}' y1='{2:.1f}' y2='{2:.1f}'/>"
      "<line x1='{0:.1f}' x2='{0:.1f}' y1='{4:.1f}' y2='{5:.1f}'/>"
      "<line x1='{1:.1f}' x2='{1:.1f}' y1='{4:.1f}' y2='{5:.1f}'/>"
      "<circle class='work' cx='{6:.1f}' cy='{2:.1f}' r='4'/></g>\n",
      x(range->early),
      x(range->late),
      y,
      to_text(*range),
      y - 5,
      y + 5,
      x(rehearsal_.end));
}

void Drawing::add_legend() {
  constexpr std::array<std::pair<const char*, const char*>, 5> looks{{{"work", "work"},
                                                                      {"set", "temperature move"},
                                                                      {"wait", "wait"},
                                                                      {"ask", "a person is needed"},
                                                                      {"bad", "trouble"}}};
  double at = kLeft;
  for (const auto& [look, words] : looks) {
    put("<rect class='{}' x='{:.0f}' y='{:.0f}' width='12' height='12' rx='2'/>\n",
        look,
        at,
        lanes_bottom() + 48);
    put("<text class='faint' x='{:.0f}' y='{:.0f}'>{}</text>\n",
        at + 18,
        lanes_bottom() + 58,
        words);
    at += 36 + (7.0 * static_cast<double>(std::string_view{words}.size()));
  }
  if (report_.quiet) {
    put("<rect class='night grid' x='{:.0f}' y='{:.0f}' width='12' height='12' rx='2'/>\n",
        at,
        lanes_bottom() + 48);
    put("<text class='faint' x='{:.0f}' y='{:.0f}'>quiet hours {}</text>\n",
        at + 18,
        lanes_bottom() + 58,
        to_text(*report_.quiet));
  }
}

std::string Drawing::draw() {
  add_nights();
  add_ticks();
  add_header();
  add_temperature();
  add_lanes();
  add_calls();
  add_end();
  add_legend();
  const double height = lanes_bottom() + kBottom;
  return fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0:.0f} {1:.0f}' width='{0:.0f}' "
      "height='{1:.0f}' role='img'>\n<title>Rehearsal of run {2}</title>\n<style>{3}</style>\n"
      "<rect class='ground' width='100%' height='100%'/>\n{4}</svg>\n",
      kWidth,
      height,
      report_.plan.run_number,
      kStyle,
      body_);
}

}  // namespace

std::string rehearsal_svg(const RehearsalReport& report) {
  return Drawing{report}.draw();
}

}  // namespace fat

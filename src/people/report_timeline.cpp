#include "people/report_timeline.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "people/markup.hpp"

namespace fat {

namespace {

constexpr double kWidth = 1120, kLeft = 78, kRight = 12;
constexpr double kCurves = 130;                      // px, height of the temperatures
constexpr double kLane = 22, kBar = 16, kAxis = 28;  // px
constexpr double kNarrow = 1.5;                      // px: bars below that are drawn together
constexpr std::size_t kMostPoints = 400;             // of a curve
constexpr std::size_t kFewPoints = 40;               // each is shown
constexpr int kLabels = 6;                           // labels of the axis

/// What happened in one lane, or several such things that are too narrow to be told apart.
struct Bar {
  double left = 0, right = 0;
  std::string look, told;
  int things = 1;
};

class Timeline {
 public:
  Timeline(const RunReport& report, WallTime now) : report_(report), now_(now) {
    begin_ = report.attempts.front().started;
    for (const auto& attempt : report.attempts) {
      end_ = std::max(end_, attempt.ended.value_or(now));
    }
    end_ = std::max(end_, begin_ + Microseconds{std::chrono::seconds{1}});
    for (const auto& reading : report.readings) {
      if (reading.unit == "degC" && reading.at >= begin_ && reading.at <= end_) {
        curves_[reading.signal].push_back(&reading);
      }
    }
  }

  std::string draw() const;

 private:
  double x(WallTime when) const {
    const auto part = std::chrono::duration<double>(when - begin_);
    const auto whole = std::chrono::duration<double>(end_ - begin_);
    return kLeft + ((kWidth - kLeft - kRight) * std::clamp(part / whole, 0.0, 1.0));
  }

  double lanes_top() const { return curves_.empty() ? 4 : kCurves + 16; }

  static const char* look_of(const ReportedAttempt& attempt);
  std::vector<Bar> bars(bool safety) const;
  static std::string lane(const char* name, double top, const std::vector<Bar>& bars);
  std::string curves() const;
  std::string questions(double top) const;
  std::string axis(double top) const;

  const RunReport& report_;
  WallTime now_, begin_, end_;
  std::map<std::string, std::vector<const ReportedReading*>> curves_;  ///< by signal
};

const char* Timeline::look_of(const ReportedAttempt& attempt) {
  if (attempt.kind == StepKind::Wait || attempt.kind == StepKind::Prompt) {
    return "wait";
  }
  if (!attempt.outcome) {
    return "open";
  }
  return *attempt.outcome == Outcome::Done ? "work" : "bad";
}

std::vector<Bar> Timeline::bars(bool safety) const {
  std::vector<Bar> all;
  for (const auto& attempt : report_.attempts) {
    if ((attempt.key.list == StepList::SafeState) != safety) {
      continue;
    }
    const std::string look = look_of(attempt);
    Bar bar{.left = x(attempt.started),
            .right = x(attempt.ended.value_or(now_)),
            .look = look,
            .told = fmt::format("{} ({}, {})",
                                attempt.key.title,
                                attempt.outcome ? to_string(*attempt.outcome) : "running",
                                to_text(attempt.ended.value_or(now_) - attempt.started))};
    if (!all.empty() && all.back().look == look && bar.left - all.back().right < kNarrow &&
        bar.right - bar.left < kNarrow) {
      all.back().right = bar.right;
      ++all.back().things;
      continue;
    }
    all.push_back(std::move(bar));
  }
  return all;
}

std::string Timeline::lane(const char* name, double top, const std::vector<Bar>& bars) {
  auto svg = fmt::format(
      "<text x=\"{}\" y=\"{:.0f}\" class=\"e\">{}</text>\n", kLeft - 6, top + kBar - 4, name);
  for (const auto& bar : bars) {
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.0f}\" width=\"{:.1f}\" height=\"{}\" class=\"{}\"><title>{}"
        "{}</title></rect>\n",
        bar.left,
        top,
        std::max(bar.right - bar.left, 1.0),
        kBar,
        bar.look,
        markup(bar.told),
        bar.things > 1 ? fmt::format(" and {} more", bar.things - 1) : "");
  }
  return svg;
}

std::string Timeline::curves() const {
  double low = 1e9;
  double high = -1e9;
  for (const auto& [signal, readings] : curves_) {
    for (const auto* one : readings) {
      low = std::min(low, one->value);
      high = std::max(high, one->value);
    }
  }
  const double margin = std::max((high - low) / 20, 1.0);
  const auto y = [&](double celsius) {
    return 8 + (kCurves * (high + margin - celsius) / (high - low + (2 * margin)));
  };
  std::string svg;
  for (const double celsius : {low, high}) {
    svg += fmt::format("<text x=\"{}\" y=\"{:.0f}\" class=\"e\">{:.0f} degC</text>\n",
                       kLeft - 6,
                       y(celsius) + 4,
                       celsius);
  }
  int number = 0;
  for (const auto& [signal, readings] : curves_) {
    std::string points;
    std::string dots;
    const auto step = std::max<std::size_t>(1, readings.size() / kMostPoints);
    for (std::size_t i = 0; i < readings.size(); i += step) {
      const double at = x(readings[i]->at);
      const double height = y(readings[i]->value);
      points += fmt::format("{:.1f},{:.1f} ", at, height);
      if (readings.size() <= kFewPoints) {
        dots += fmt::format(
            "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" class=\"curve c{}\"><title>{} {:.1f} degC"
            "</title></circle>\n",
            at,
            height,
            number % 4,
            markup(signal),
            readings[i]->value);
      }
    }
    svg += fmt::format("<polyline points=\"{}\" class=\"curve c{}\"><title>{}</title></polyline>\n",
                       points,
                       number++ % 4,
                       markup(signal));
    svg += dots;
  }
  return svg;
}

std::string Timeline::questions(double top) const {
  std::string svg;
  for (const auto& prompt : report_.prompts) {
    svg += fmt::format(
        "<path d=\"M{:.1f} {:.0f} l5 9 h-10 z\" class=\"ask\"><title>question {}: "
        "{}</title></path>\n",
        x(prompt.asked),
        top,
        prompt.prompt.id,
        markup(prompt.prompt.text));
  }
  return svg;
}

std::string Timeline::axis(double top) const {
  const bool is_short = end_ - begin_ < std::chrono::minutes{kLabels * 2};
  std::string svg;
  for (int i = 0; i <= kLabels; ++i) {
    const auto when = begin_ + ((end_ - begin_) * i / kLabels);
    const char* anchor = i == kLabels ? "e" : "m";
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.0f}\" class=\"{}\">{}</text>\n",
                       x(when),
                       top + 14,
                       i == 0 ? "b" : anchor,
                       to_local_text(when).substr(is_short ? 11 : 5, is_short ? 8 : 11));
  }
  return svg;
}

std::string Timeline::draw() const {
  const double top = lanes_top();
  const double height = top + (2 * kLane) + 12 + kAxis;
  return fmt::format("<svg viewBox=\"0 0 {0} {1:.0f}\" role=\"img\" aria-label=\"timeline\">\n",
                     kWidth,
                     height) +
         (curves_.empty() ? std::string{} : curves()) + lane("steps", top, bars(false)) +
         lane("safe state", top + kLane, bars(true)) + questions(top + (2 * kLane)) +
         axis(height - kAxis) + "</svg>\n";
}

}  // namespace

std::string report_timeline(const RunReport& report, WallTime now) {
  return report.attempts.empty() ? std::string{} : Timeline{report, now}.draw();
}

}  // namespace fat

#include "cli/temperature_curve.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/model/xml_text.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestLabel = 100;
constexpr double kLabelWidth = 56, kAbove = 22, kBelow = 12, kSmallestSpan = 10;

/// One temperature, and the attempt that brings it about.
struct Move {
  WallTime began, ended;
  double celsius = 0;
  const Milestone* milestone = nullptr;
};

std::vector<Move> moves_of(const Rehearsal& rehearsal) {
  std::vector<Move> moves;
  for (const auto& one : rehearsal.milestones) {
    if (!one.celsius) {
      continue;
    }
    const auto attempt = std::ranges::find_if(rehearsal.attempts, [&](const auto& other) {
      return other.key.title == one.step && other.ended == one.at;
    });
    moves.push_back({.began = attempt == rehearsal.attempts.end() ? one.at : attempt->began,
                     .ended = one.at,
                     .celsius = *one.celsius,
                     .milestone = &one});
  }
  return moves;
}

class Curve {
 public:
  Curve(const RehearsalReport& report, const CurvePlace& place)
      : report_(report), place_(place), moves_(moves_of(report.rehearsal)) {
    const auto [lowest, highest] =
        std::ranges::minmax(moves_, {}, [](const Move& one) { return one.celsius; });
    lowest_ = lowest.celsius;
    span_ = std::max(highest.celsius - lowest.celsius, kSmallestSpan);
  }

  std::string draw() const {
    auto text = fmt::format("<text class='end' x='{:.0f}' y='{:.0f}'>temperature</text>\n",
                            place_.left - 12,
                            (place_.top + place_.bottom) / 2);
    text += fmt::format("<path class='warmth' d='{}'/>\n", line());
    double free_from = 0;
    for (const auto& move : moves_) {
      text += dot(move);
      if (place_.x(move.ended) >= free_from) {
        text += label(move);
        free_from = place_.x(move.ended) + kLabelWidth;
      }
    }
    return text;
  }

 private:
  double y(double celsius) const {
    const double bottom = place_.bottom - kBelow, height = bottom - place_.top - kAbove;
    return bottom - (height * (celsius - lowest_) / span_);
  }

  std::string point(char kind, WallTime when, double celsius) const {
    return fmt::format("{}{:.1f} {:.1f}", kind, place_.x(when), y(celsius));
  }

  std::string line() const {
    auto text = point('M', moves_.front().ended, moves_.front().celsius);
    for (std::size_t i = 1; i < moves_.size(); ++i) {
      text += point('L', moves_[i].began, moves_[i - 1].celsius);
      text += point('L', moves_[i].ended, moves_[i].celsius);
    }
    return text + point('L', report_.rehearsal.end, moves_.back().celsius);
  }

  std::string dot(const Move& move) const {
    return fmt::format(
        "<circle cx='{:.1f}' cy='{:.1f}' r='3.5' class='set'><title>{}: {}, {}</title></circle>\n",
        place_.x(move.ended),
        y(move.celsius),
        minute_text(move.ended),
        escaped(move.milestone->text),
        escaped(step_label(report_.plan, move.milestone->step)));
  }

  std::string label(const Move& move) const {
    const double at = place_.x(move.ended);
    const bool at_the_edge = at > place_.right - kLabelWidth;
    return fmt::format("<text class='{}' x='{:.1f}' y='{:.1f}'>{} °C</text>\n",
                       at_the_edge ? "end" : "begin",
                       at_the_edge ? at - 6 : at + 6,
                       y(move.celsius) - 7,
                       move.celsius);
  }

  const RehearsalReport& report_;
  const CurvePlace& place_;
  std::vector<Move> moves_;
  double lowest_ = 0, span_ = kSmallestSpan;
};

}  // namespace

std::string temperature_curve(const RehearsalReport& report, const CurvePlace& place) {
  return Curve{report, place}.draw();
}

std::string escaped(const std::string& text) {
  return xml_text(plain_text(text, kLongestLabel));
}

std::string minute_text(WallTime when) {
  constexpr std::size_t minutes = 16;  // of "2026-11-21 03:20:02 +0100"
  return to_local_text(when).substr(0, minutes);
}

}  // namespace fat

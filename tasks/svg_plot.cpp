// Points, steps and curves -> a picture (SVG) with axes.
#include "fat/tasks/svg_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "fat/model/xml_text.hpp"

namespace fat {
namespace {

constexpr double kWidth = 720, kHeight = 470;
constexpr double kLeft = 90, kRight = 700, kTop = 80, kBottom = 410;
constexpr double kFirstLabel = 48;  // above the frame, where no curve goes
constexpr int kTicks = 6;
constexpr std::array<const char*, 4> kColours{"#1f4e79", "#c0392b", "#1e8449", "#7d3c98"};

/// 1 to 10 -> 1, 2, 5 or 10.
double rounded(double part) {
  if (part < 1.5) {
    return 1;
  }
  if (part < 3.5) {
    return 2;
  }
  return part < 7.5 ? 5 : 10;
}

/// Values of one axis -> places in the picture.
class Axis {
 public:
  Axis(double from, double to, bool logarithmic)
      : from_(from), to_(to), logarithmic_(logarithmic) {}

  void include(double value) {
    if (is_shown(value)) {
      low_ = std::min(low_, at(value));
      high_ = std::max(high_, at(value));
    }
  }

  void widen() {
    if (!(high_ >= low_)) {
      low_ = 0;
      high_ = 1;
    }
    const double margin = high_ > low_ ? 0.04 * (high_ - low_) : 0.5;
    low_ -= margin;
    high_ += margin;
  }

  bool is_shown(double value) const { return std::isfinite(value) && (!logarithmic_ || value > 0); }

  double place(double value) const {
    return from_ + ((at(value) - low_) / (high_ - low_) * (to_ - from_));
  }

  /// Round numbers within the axis.
  std::vector<double> ticks() const {
    const double rough = (high_ - low_) / kTicks;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    const double part = rough / power;
    const double step = power * rounded(part);
    std::vector<double> result;
    for (auto i = std::llround(std::ceil(low_ / step)); static_cast<double>(i) * step <= high_;
         ++i) {
      const double value = static_cast<double>(i) * step;
      result.push_back(logarithmic_ ? std::pow(10, value) : value);
    }
    return result;
  }

 private:
  double at(double value) const { return logarithmic_ ? std::log10(value) : value; }

  double from_, to_;
  bool logarithmic_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

struct Frame {
  Axis x, y;
};

Frame frame_of(const Plot& plot) {
  Frame frame{{kLeft, kRight, false}, {kBottom, kTop, plot.logarithmic}};
  for (const auto& series : plot.series) {
    std::ranges::for_each(series.x, [&](double value) { frame.x.include(value); });
    std::ranges::for_each(series.y, [&](double value) { frame.y.include(value); });
    if (series.style == PlotSeries::Style::Steps) {
      frame.y.include(0);
    }
  }
  frame.x.widen();
  frame.y.widen();
  return frame;
}

std::string text_at(double x, double y, std::string_view anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                     x,
                     y,
                     anchor,
                     xml_text(text));
}

std::string axes(const Plot& plot, const Frame& frame) {
  std::string svg = fmt::format("<path d=\"M{0} {1} V{2} H{3}\" fill=\"none\" stroke=\"#333\"/>\n",
                                kLeft,
                                kTop,
                                kBottom,
                                kRight);
  for (const double value : frame.x.ticks()) {
    const double x = frame.x.place(value);
    svg += fmt::format(
        "<path d=\"M{0:.1f} {1} v5 M{0:.1f} {1} V{2}\" stroke=\"#bbb\" stroke-width=\"0.5\"/>\n",
        x,
        kBottom,
        kTop);
    svg += text_at(x, kBottom + 20, "middle", fmt::format("{:.4g}", value));
  }
  for (const double value : frame.y.ticks()) {
    const double y = frame.y.place(value);
    svg += fmt::format(
        "<path d=\"M{0} {1:.1f} H{2}\" stroke=\"#bbb\" stroke-width=\"0.5\"/>\n", kLeft, y, kRight);
    svg += text_at(kLeft - 8, y + 4, "end", fmt::format("{:.3g}", value));
  }
  svg += text_at((kLeft + kRight) / 2, kBottom + 44, "middle", plot.x_label);
  svg += fmt::format("<g transform=\"rotate(-90 20 {0})\">{1}</g>\n",
                     (kTop + kBottom) / 2,
                     text_at(20, (kTop + kBottom) / 2, "middle", plot.y_label));
  return svg;
}

std::string drawn(const PlotSeries& series, const Frame& frame, const char* colour) {
  std::string points;
  std::string path;
  double last = 0;
  bool begins = true;
  for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
    if (!frame.y.is_shown(series.y[i]) || !frame.x.is_shown(series.x[i])) {
      begins = true;
      continue;
    }
    const double x = frame.x.place(series.x[i]);
    const double y = frame.y.place(series.y[i]);
    points +=
        fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", x, y, colour);
    if (begins) {
      path += fmt::format("{}M{:.1f} {:.1f} h0.1", path.empty() ? "" : " ", x, y);
      begins = false;
    } else if (series.style == PlotSeries::Style::Steps) {
      path += fmt::format(" H{:.1f} V{:.1f}", (x + last) / 2, y);
    } else {
      path += fmt::format(" L{:.1f} {:.1f}", x, y);
    }
    last = x;
  }
  return series.style == PlotSeries::Style::Points
             ? points
             : fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"/>\n",
                           path,
                           colour);
}

}  // namespace

std::string to_svg(const Plot& plot) {
  const auto frame = frame_of(plot);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"sans-serif\" font-size=\"13\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
      kWidth,
      kHeight);
  svg += text_at(kWidth / 2, 24, "middle", plot.title);
  svg += axes(plot, frame);
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const auto& series = plot.series[i];
    const auto* colour = kColours.at(i % kColours.size());
    svg += drawn(series, frame, colour);
    if (!series.label.empty()) {
      const double x = i % 2 == 0 ? kLeft : (kLeft + kRight) / 2;
      const std::size_t row = i / 2;
      const double y = kFirstLabel + (18 * static_cast<double>(row));
      svg += fmt::format("<g fill=\"{}\">{}</g>\n", colour, text_at(x, y, "start", series.label));
    }
  }
  return svg + "</svg>\n";
}

}  // namespace fat

// Points, steps and curves -> a picture (SVG) with axes.
#pragma once

#include <string>
#include <vector>

namespace fat {

struct PlotSeries {
  enum class Style { Points, Line, Steps };

  Style style = Style::Points;
  std::string label;
  std::vector<double> x, y;  ///< equally long; y not finite is left out, and a line begins anew
};

struct Plot {
  std::string title, x_label, y_label;
  bool logarithmic = false;  ///< the y axis; what is not positive is left out
  std::vector<PlotSeries> series;
};

/// Axes span what the series hold.
std::string to_svg(const Plot& plot);

}  // namespace fat

// The gain of one PMT -> its raw data and pictures.
#include "gain_files.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "fat/tasks/svg_plot.hpp"

namespace fat {
namespace {

constexpr int kCurvePoints = 60;

Plot histogram_plot(const std::string& title, const ChargePeak& peak) {
  PlotSeries counts{.style = PlotSeries::Style::Steps, .label = "pulses", .x = {}, .y = {}};
  PlotSeries fit{.style = PlotSeries::Style::Line,
                 .label = fmt::format("fit: peak {:.3f} +- {:.3f} pC, chi2 {:.2f}",
                                      peak.mean.value,
                                      peak.mean_error.value,
                                      peak.chi2_per_degree),
                 .x = {},
                 .y = {}};
  const auto& histogram = peak.histogram;
  for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    const double charge = histogram.middle(bin);
    counts.x.push_back(charge);
    counts.y.push_back(histogram.counts[bin]);
    if (charge >= histogram.binning.fit_low && charge <= histogram.binning.fit_high) {
      const double z = (charge - peak.mean.value) / peak.width.value;
      fit.x.push_back(charge);
      fit.y.push_back(peak.height * std::exp(-z * z / 2));
    }
  }
  return {.title = title,
          .x_label = "charge [pC]",
          .y_label = "pulses per bin",
          .series = {std::move(counts), std::move(fit)}};
}

Plot curve_plot(const std::string& title, const PmtGain& gain) {
  PlotSeries points{.style = PlotSeries::Style::Points, .label = "measured", .x = {}, .y = {}};
  for (const auto& one : gain.points) {
    points.x.push_back(one.point.measured.voltage.value);
    points.y.push_back(one.point.measured.gain);
  }
  const auto& curve = gain.curve;
  PlotSeries line{.style = PlotSeries::Style::Line,
                  .label = fmt::format("1e7 at {:.1f} +- {:.1f} V, exponent {:.2f} +- {:.2f}",
                                       curve.nominal.value,
                                       curve.nominal_error.value,
                                       curve.exponent,
                                       curve.exponent_error),
                  .x = {},
                  .y = {}};
  const auto [low, high] = std::ranges::minmax(points.x);
  const double from = std::min(low, curve.nominal.value);
  const double to = std::max(high, curve.nominal.value);
  for (int i = 0; i <= kCurvePoints; ++i) {
    const double voltage = from + ((to - from) * i / kCurvePoints);
    line.x.push_back(voltage);
    line.y.push_back(curve.norm * std::pow(voltage, curve.exponent));
  }
  return {.title = title,
          .x_label = "high voltage, read back [V]",
          .y_label = "gain",
          .logarithmic = true,
          .series = {std::move(points), std::move(line)}};
}

void write_points(const DataFiles& files, const std::string& name, const PmtGain& gain) {
  std::vector<Column> columns{{"set", "V", {}},
                              {"read_back", "V", {}},
                              {"gain", "", {}},
                              {"gain_error", "", {}},
                              {"peak", "pC", {}},
                              {"peak_width", "pC", {}},
                              {"chi2_per_degree", "", {}},
                              {"rate", "Hz", {}},
                              {"electron_height", "V", {}}};
  for (const auto& one : gain.points) {
    std::size_t column = 0;
    for (const double value : {one.point.set.value,
                               one.point.measured.voltage.value,
                               one.point.measured.gain,
                               one.point.measured.error,
                               one.peak.mean.value,
                               one.peak.width.value,
                               one.peak.chi2_per_degree,
                               one.rate.value,
                               one.height.value_or(Volts{std::nan("")}).value}) {
      columns[column++].values.push_back(value);
    }
  }
  files.write_table(name + "_gain.csv", columns);
}

}  // namespace

void write_charge_picture(const DataFiles& files, const std::string& name, const ChargePeak& peak) {
  files.write_picture(name + ".svg", to_svg(histogram_plot(name, peak)));
}

void write_gain_curve(const DataFiles& files, const std::string& name, const PmtGain& gain) {
  write_points(files, name, gain);
  files.write_picture(name + "_gain.svg", to_svg(curve_plot(name, gain)));
}

void write_gain_files(const DataFiles& files, const std::string& name, const PmtGain& gain) {
  for (const auto& one : gain.points) {
    const auto at = fmt::format("{}_charges_{:.0f}V", name, one.point.set.value);
    const std::vector<Column> charges{{"charge", "pC", one.charges}};
    files.write_table(at + ".csv", charges);
    write_charge_picture(files, at, one.peak);
  }
  write_gain_curve(files, name, gain);
}

}  // namespace fat

// Charge stamps of one PMT in the dark -> where a single photo-electron stands, how pulses follow
// one another.
#include "spe_spectrum.hpp"

#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "fat/tasks/svg_plot.hpp"
#include "gain_files.hpp"

namespace fat {
namespace {

// Intervals are spread over decades: 10 bins each, from 1e-7 to 10 s.
constexpr int kFirstDecade = -7, kLastDecade = 1, kBinsPerDecade = 10;

struct IntervalHistogram {
  std::vector<double> begin;  ///< s, of each bin
  std::vector<double> counts;
};

IntervalHistogram histogram_of(const std::vector<double>& intervals) {
  IntervalHistogram histogram;
  constexpr int bins = (kLastDecade - kFirstDecade) * kBinsPerDecade;
  for (int bin = 0; bin < bins; ++bin) {
    histogram.begin.push_back(
        std::pow(10.0, kFirstDecade + (static_cast<double>(bin) / kBinsPerDecade)));
  }
  histogram.counts.resize(bins);
  for (const double one : intervals) {
    const auto bin = std::floor((std::log10(one) - kFirstDecade) * kBinsPerDecade);
    if (bin >= 0 && bin < bins) {
      ++histogram.counts[static_cast<std::size_t>(bin)];
    }
  }
  return histogram;
}

}  // namespace

SpeSpectrum read_spe(const PmtChannel& pmt,
                     double baseline,
                     const DarkTrigger& trigger,
                     int count) {
  SpeSpectrum spectrum;
  spectrum.stamps = read_stamps(pmt, baseline, trigger, count);
  const auto intervals = intervals_of(spectrum.stamps);
  if (!intervals.empty()) {
    spectrum.mean_interval = std::accumulate(intervals.begin(), intervals.end(), 0.0) /
                             static_cast<double>(intervals.size());
  }
  if (spectrum.stamps.size() < static_cast<std::size_t>(count)) {
    spectrum.why =
        fmt::format("{} of {} pulses came: is the PMT connected?", spectrum.stamps.size(), count);
    return spectrum;
  }
  try {
    spectrum.peak = fit_charge_peak(charges_of(spectrum.stamps));
  } catch (const FitError& error) {
    spectrum.why = error.what();
  }
  return spectrum;
}

void report_spe(const PmtResult& pmt, const SpeSpectrum& spectrum) {
  if (spectrum.peak) {
    pmt.measured("spe_peak_charge", spectrum.peak->mean.value, "pC", kElectronLimits);
  } else {
    pmt.inconclusive(spectrum.why);
  }
  if (spectrum.mean_interval > 0) {
    pmt.measured("pulse_interval", spectrum.mean_interval * 1e3, "ms");
  }
}

void write_spe_files(const DataFiles& files, const std::string& name, const SpeSpectrum& spectrum) {
  const auto histogram = histogram_of(intervals_of(spectrum.stamps));
  const std::vector<Column> columns{{"interval_from", "s", histogram.begin},
                                    {"pulses", "", histogram.counts}};
  files.write_table(name + "_intervals.csv", columns);
  PlotSeries steps{
      .style = PlotSeries::Style::Steps, .label = "pulses", .x = {}, .y = histogram.counts};
  for (const double one : histogram.begin) {
    steps.x.push_back(std::log10(one));
  }
  files.write_picture(name + "_intervals.svg",
                      to_svg({.title = name,
                              .x_label = "time since the pulse before, log10 of seconds",
                              .y_label = "pulses per bin",
                              .series = {std::move(steps)}}));
  if (spectrum.peak) {
    write_charge_picture(files, name + "_spe", *spectrum.peak);
  }
}

}  // namespace fat

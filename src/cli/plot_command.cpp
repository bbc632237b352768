#include "cli/plot_command.hpp"

#include <algorithm>
#include <fstream>
#include <limits>

#include <fmt/format.h>

#include "cli/bench_files.hpp"
#include "cli/bench_instruments.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/readings_file.hpp"
#include "fat/tasks/svg_plot.hpp"

namespace fat {

namespace {

constexpr auto kUsualSpan = std::chrono::hours{6};
constexpr int kMostPoints = 1500;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

WallTime beginning(const Arguments& arguments, WallTime now) {
  if (!arguments.has("since")) {
    return now - kUsualSpan;
  }
  const auto text = arguments.value("since");
  if (const auto ago = parse_duration(text)) {
    return now - *ago;
  }
  if (const auto moment = parse_local_time(text)) {
    return *moment;
  }
  throw UsageError{fmt::format(
      "fatmaster plot: --since is a duration such as '6h', or '2026-11-21 08:30', not '{}'", text)};
}

/// Hours from the right edge, or days where there are many.
struct TimeScale {
  WallTime until;
  bool days = false;

  double at(WallTime when) const {
    const std::chrono::duration<double, std::ratio<3600>> hours = when - until;
    return days ? hours.count() / 24 : hours.count();
  }
};

Plot plot_of(const ChannelEntry& channel,
             const std::vector<HistoryPoint>& points,
             const TimeScale& scale) {
  PlotSeries mean{.style = PlotSeries::Style::Line, .label = "mean", .x = {}, .y = {}};
  PlotSeries low = mean;
  PlotSeries high = mean;
  low.label = "lowest";
  high.label = "highest";
  bool spread = false;
  for (const auto& point : points) {
    const bool valid = point.valid > 0;
    spread = spread || point.valid > 1;
    for (auto* series : {&mean, &low, &high}) {
      series->x.push_back(scale.at(point.from));
    }
    mean.y.push_back(valid ? point.mean : kNothing);
    low.y.push_back(valid ? point.low : kNothing);
    high.y.push_back(valid ? point.high : kNothing);
  }
  Plot plot{.title = channel.name,
            .x_label = fmt::format(
                "{} before {}", scale.days ? "days" : "hours", to_local_text(scale.until)),
            .y_label = channel.unit,
            .series = {std::move(mean)}};
  if (spread) {
    plot.series.push_back(std::move(low));
    plot.series.push_back(std::move(high));
  } else {
    plot.series.front().label.clear();
  }
  return plot;
}

int plot_channel(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  const auto& channel = channel_named(station, invocation.arguments.value("CHANNEL"));
  const auto until = SystemClock{}.now().wall;
  const auto from = beginning(invocation.arguments, until);
  std::vector<HistoryPoint> points;
  try {
    points =
        ReadingsFile{bench_files(invocation, station).readings, ReadingsFile::Mode::Read}.history(
            channel.name, from, until, kMostPoints);
  } catch (const JournalError& error) {
    throw CommandError{kExitFileWrong, error.what()};
  }
  const auto has_any = [](const HistoryPoint& point) { return point.valid > 0; };
  if (std::ranges::none_of(points, has_any)) {
    throw CommandError{kExitRefused,
                       fmt::format("{} has no valid reading since {}: `fatmaster station` stores "
                                   "them while it lives",
                                   channel.name,
                                   to_local_text(from))};
  }
  const TimeScale scale{.until = until, .days = until - from > std::chrono::hours{72}};
  const std::filesystem::path target{invocation.arguments.value("output")};
  std::ofstream file{target, std::ios::binary};
  auto picture = plot_of(channel, points, scale);
  picture.title = (is_virtual(invocation) ? "VIRTUAL " : "") + picture.title;
  file << to_svg(picture);
  file.close();
  if (!file) {
    throw CommandError{kExitFileWrong, fmt::format("cannot write {}", target.string())};
  }
  print(fmt::format("{}: {} points of {} since {}",
                    target.string(),
                    points.size(),
                    channel.name,
                    to_local_text(from)));
  return kExitDone;
}

}  // namespace

Command plot_command() {
  return {.name = "plot",
          .summary = "what a channel showed, as a picture",
          .details =
              "`fatmaster plot CHANNEL --since 6h -o FILE.svg`. From what `fatmaster "
              "station` has stored: single readings of the\nlast days, then minutes, then "
              "ten minutes with their lowest and highest. Where there was no valid reading "
              "the line\nhas a gap.",
          .options = {{.name = "CHANNEL", .value = {}, .help = "of station.ini", .required = true},
                      {.name = "--since",
                       .value = "TIME",
                       .help = "'6h', or '2026-11-21 08:30' (default 6 h)"},
                      {.name = "--output,-o",
                       .value = "PATH",
                       .help = "the picture (SVG)",
                       .required = true}},
          .function = plot_channel};
}

}  // namespace fat

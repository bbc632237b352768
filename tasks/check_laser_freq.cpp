// Time stamps of the board that sees the laser's sync signal -> the laser fires at its frequency.
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "analysis/laser_check.hpp"
#include "arguments.hpp"
#include "bench_light.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr int kStamps = 1000;
constexpr int kTries = 2;
constexpr int kSyncThreshold = 8900, kOtherThreshold = 14000;  // ADC counts: reference 1e
constexpr int kDac = 30000;
constexpr Microseconds kStampsPatience = std::chrono::minutes{1};

std::vector<std::uint64_t> read_stamps(const TaskContext& context, const std::string& board) {
  const auto session = instruments_of(context).board(board);
  auto& readout = session->readout();
  for (const int channel : {0, 1}) {
    readout.set_baseline(channel, kDac);
    readout.set_samples(channel, 20, 128);
  }
  readout.start_stream(StreamMode::Dual, kSyncThreshold, kOtherThreshold);
  const auto charges = readout.read_charges(kStamps, kStampsPatience);
  readout.arm(0, TriggerSource::None, 0);
  std::vector<std::uint64_t> stamps;
  for (const auto& one : charges) {
    if (one.channel == 0) {
      stamps.push_back(one.ticks);
    }
  }
  return stamps;
}

/// All 999 intervals of 1000 stamps within the window of the frequency; one more try, then it
/// fails.
TaskExit check_laser_freq(const TaskContext& context) {
  const double frequency = number_argument(context, "frequency");
  const auto window = laser_window({frequency});
  if (!window) {
    throw std::runtime_error{"frequency is 100, 500 or 1000 Hz: there are windows for these only"};
  }
  const auto& board = text_argument(context, "board");
  bool good = false;
  with_laser_on(context, frequency, [&] {
    for (int attempt = 0; attempt < kTries && !good; ++attempt) {
      const auto found = laser_intervals(read_stamps(context, board), *window);
      good = found.all == kStamps - 1 && found.all_inside();
      say(context,
          fmt::format("{} of {} intervals at {:g} Hz{}",
                      found.inside,
                      kStamps - 1,
                      frequency,
                      good ? "" : fmt::format(", the worst is {:.6f} s", found.worst.count())),
          good ? "info" : "warning");
    }
  });
  if (!good) {
    say(context,
        "the laser does not fire as it is driven: look at its supply, the generator's cable, the "
        "sync signal",
        "critical");
  }
  return good ? TaskExit::Done : TaskExit::Errored;
}

}  // namespace

BuiltinTask check_laser_freq_task() {
  TaskInfo info;
  info.name = "check_laser_freq";
  info.summary =
      "1000 time stamps of the laser's sync signal: every interval is that of its frequency";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {
      parameter("frequency", ParameterType::Number, "100", "Hz: 100, 500 or 1000"),
      parameter("board",
                ParameterType::Text,
                "tabletop",
                "[device ...] of station.ini that sees the laser's sync signal"),
      parameter("generator", ParameterType::Text, "generator", "[device ...] of station.ini")};
  info.estimate = std::chrono::seconds{25};
  return {info, check_laser_freq};
}

}  // namespace fat

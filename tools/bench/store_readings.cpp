// A file and a number of seconds -> readings of 1,000 channels at 10 Hz for so long, stored as the
// station process stores them (once a second); prints how many a second the file took. For
// tools/bench/run.
#include <chrono>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fat/model/quantity.hpp"
#include "fat/store/readings_file.hpp"

namespace {

constexpr int kChannels = 1000;
constexpr auto kPeriod = std::chrono::milliseconds{100};

std::vector<fat::TimedReading> second_of(const std::vector<std::string>& channels,
                                         const fat::WallTime begin) {
  std::vector<fat::TimedReading> readings;
  readings.reserve(10 * channels.size());
  for (int round = 0; round < 10; ++round) {
    for (const auto& channel : channels) {
      readings.push_back(
          {channel,
           {.at = {.wall = begin + (round * kPeriod), .boot = {}, .boot_id = "bench"},
            .value = 250.125 + round,
            .state = fat::ReadingState::Ok,
            .why = {}}});
    }
  }
  return readings;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span words{argv, static_cast<std::size_t>(argc)};
  const auto seconds = words.size() == 3 ? fat::parse_integer(words[2]) : std::nullopt;
  if (!seconds) {
    std::cerr << "usage: fat_bench_readings FILE SECONDS\n";
    return 2;
  }
  try {
    std::vector<std::string> channels;
    channels.reserve(kChannels);
    for (int channel = 0; channel < kChannels; ++channel) {
      channels.push_back("channel_" + std::to_string(channel));
    }
    fat::ReadingsFile file{words[1], fat::ReadingsFile::Mode::Write};
    std::chrono::duration<double> taken{0};
    for (long long second = 0; second < *seconds; ++second) {
      const auto readings =
          second_of(channels, fat::WallTime{std::chrono::seconds{1'795'219'200 + second}});
      const auto began = std::chrono::steady_clock::now();
      file.append(readings);
      taken += std::chrono::steady_clock::now() - began;
    }
    std::cout << 10.0 * kChannels * static_cast<double>(*seconds) / taken.count() << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "fat_bench_readings: " << error.what() << '\n';
    return 1;
  }
}

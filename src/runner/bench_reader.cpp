#include "fat/runner/bench_reader.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <thread>

#include "fat/model/signals_away.hpp"

namespace fat {

namespace {

constexpr auto kKeepsTheLink = std::chrono::seconds{1};
constexpr auto kTogether = std::chrono::milliseconds{20};  // what is due so soon is asked too

void wait_unless_stopped(Microseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock{mutex};
  bell.wait_for(lock, stop, time, [] { return false; });
}

/// When each channel is due next, on the boot clock.
class Timetable {
 public:
  Timetable(const std::vector<ChannelEntry>& all,
            std::vector<std::size_t> channels,
            Microseconds now)
      : channels_(std::move(channels)), due_(channels_.size(), now) {
    for (const auto channel : channels_) {
      periods_.push_back(all[channel].period);
    }
  }

  /// Takes those that are due: their next time is a period later, and never in the past.
  std::vector<std::size_t> take_due(Microseconds now) {
    std::vector<std::size_t> taken;
    for (std::size_t place = 0; place < channels_.size(); ++place) {
      if (due_[place] > now + kTogether) {
        continue;
      }
      taken.push_back(channels_[place]);
      due_[place] += periods_[place];
      if (due_[place] <= now) {
        due_[place] = now + periods_[place];
      }
    }
    return taken;
  }

  Microseconds next() const { return *std::ranges::min_element(due_); }

  Microseconds shortest_period() const { return *std::ranges::min_element(periods_); }

 private:
  std::vector<std::size_t> channels_;
  std::vector<Microseconds> due_, periods_;
};

}  // namespace

BenchReader::BenchReader(const QuantitySources& sources,
                         const Clock& clock,
                         std::vector<ChannelEntry> channels,
                         TakeAnswer take)
    : sources_(sources), clock_(clock), channels_(std::move(channels)), take_(std::move(take)) {
  for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
    by_instrument_[channels_[channel].instrument].push_back(channel);
  }
}

void BenchReader::on_each_instrument(
    const std::function<void(const std::string&, const Channels&)>& work) {
  std::vector<std::jthread> threads;
  threads.reserve(by_instrument_.size());
  const SignalsAway away;
  for (const auto& [instrument, channels] : by_instrument_) {
    threads.emplace_back(work, instrument, channels);
  }
}

void BenchReader::read_once() {
  on_each_instrument([this](const std::string& instrument, const Channels& channels) {
    std::unique_ptr<QuantitySource> source;
    read(instrument, source, channels);
  });
}

void BenchReader::read_until(std::stop_token stop) {
  on_each_instrument([this, &stop](const std::string& instrument, const Channels& channels) {
    follow(instrument, channels, stop);
  });
}

void BenchReader::follow(const std::string& instrument,
                         const Channels& channels,
                         const std::stop_token& stop) {
  Timetable timetable{channels_, channels, clock_.now().boot};
  const bool keeps = timetable.shortest_period() < kKeepsTheLink;
  std::unique_ptr<QuantitySource> source;
  while (!stop.stop_requested()) {
    const auto due = timetable.take_due(clock_.now().boot);
    if (!due.empty()) {
      read(instrument, source, due);
    }
    if (!keeps) {
      source.reset();
    }
    wait_unless_stopped(timetable.next() - clock_.now().boot, stop);
  }
}

void BenchReader::read(const std::string& instrument,
                       std::unique_ptr<QuantitySource>& source,
                       const Channels& channels) {
  std::vector<QuantityName> wanted;
  wanted.reserve(channels.size());
  for (const auto channel : channels) {
    wanted.push_back(channels_[channel].source);
  }
  std::vector<RawReading> answers;
  try {
    if (!source) {
      source = sources_.open(instrument);
    }
    answers = source->read(wanted);
  } catch (const std::exception& error) {
    source.reset();
    answers.assign(channels.size(), RawReading{{}, error.what()});
  }
  const auto now = clock_.now();
  const std::lock_guard lock{mutex_};
  for (std::size_t place = 0; place < channels.size(); ++place) {
    take_(channels[place], answers.at(place), now);
  }
}

}  // namespace fat

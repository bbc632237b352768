// The thread that publishes readings.
#include "fat/people/telemetry.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/ports/journal.hpp"
#include "people/influx_writer.hpp"
#include "people/mqtt_writer.hpp"
#include "people/telemetry_writer.hpp"

namespace fat {
namespace {

constexpr int kMostPoints = 5000;  // of one request
constexpr Microseconds kOverlap = std::chrono::minutes{1};
constexpr Microseconds kFirstBackOff = std::chrono::seconds{5};
constexpr Microseconds kLongestBackOff = std::chrono::minutes{5};
constexpr int kMostDoublings = 8;

}  // namespace

/// Owned by its thread, too.
class Telemetry::Impl {
 public:
  Impl(TelemetryParts parts, const Clock& clock)
      : parts_(std::move(parts)),
        clock_(clock),
        started_(clock.now().wall),
        writer_(make_telemetry_writer(parts_.entry, parts_.channels)) {}

  void work(const std::stop_token& stop);

 private:
  struct Batch {
    std::vector<TelemetryPoint> points;
    TelemetryMarks marks;  ///< once it is there
    bool last = true;      ///< nothing waits behind it
  };

  void begin();
  Microseconds pass(const std::stop_token& stop);
  Batch next_batch() const;
  Microseconds failed(const TelemetryResult& result);
  void came_through(const TelemetryResult& result);
  void step_back_with_the_clock();

  TelemetryParts parts_;
  const Clock& clock_;
  const WallTime started_;  // what is read before the thread has begun is sent, too
  std::unique_ptr<TelemetryWriter> writer_;
  TelemetryMarks marks_;
  bool begun_ = false;  ///< the marks are read
  int failures_ = 0;
  bool refusal_said_ = false;

  std::mutex mutex_;
  std::condition_variable_any changed_;  // nobody notifies it: a wait ends by time or by the stop
};

void Telemetry::Impl::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto wait = parts_.entry.every;
    try {
      wait = pass(stop);
    } catch (const JournalError&) {
      wait = kFirstBackOff;  // the readings' own keeper says what is wrong with the disk
    }
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, stop, wait, [] { return false; });
  }
  writer_.reset();  // here: whoever holds it up holds nobody else
}

void Telemetry::Impl::begin() {
  marks_ = parts_.marks().value_or(TelemetryMarks{});
  for (const auto& channel : parts_.channels) {
    marks_.try_emplace(channel.name, started_);
  }
  begun_ = true;
}

/// Who sets the clock back would else publish nothing until it has caught up.
void Telemetry::Impl::step_back_with_the_clock() {
  const auto now = clock_.now().wall;
  for (auto& [channel, mark] : marks_) {
    mark = mark > now ? now - kOverlap : mark;
  }
}

/// A fair share of each channel: one that has much to tell keeps no other waiting.
Telemetry::Impl::Batch Telemetry::Impl::next_batch() const {
  Batch batch{.points = {}, .marks = marks_};
  const int share =
      std::max(1, kMostPoints / std::max(1, static_cast<int>(parts_.channels.size())));
  for (const auto& channel : parts_.channels) {
    const auto readings = parts_.readings(channel.name, marks_.at(channel.name), share);
    for (const auto& one : readings) {
      batch.points.push_back({.channel = &channel, .reading = one.reading});
      batch.marks[channel.name] = one.reading.at.wall;
    }
    batch.last = batch.last && static_cast<int>(readings.size()) < share;
  }
  return batch;
}

/// Returns how long to wait.
Microseconds Telemetry::Impl::pass(const std::stop_token& stop) {
  if (!begun_) {
    begin();
  }
  step_back_with_the_clock();
  auto batch = next_batch();
  if (batch.points.empty()) {
    return parts_.entry.every;
  }
  const auto result = writer_->write(batch.points, stop);
  if (stop.stop_requested()) {
    return parts_.entry.every;  // sent again by the next one, which changes nothing
  }
  if (result.outcome != PostOutcome::Delivered) {
    return failed(result);
  }
  marks_ = std::move(batch.marks);
  came_through(result);
  return batch.last ? parts_.entry.every : Microseconds{0};
}

Microseconds Telemetry::Impl::failed(const TelemetryResult& result) {
  if (failures_++ == 0) {
    for (auto& [channel, mark] : marks_) {  // what it took last it may not have kept
      mark -= kOverlap;
    }
    parts_.say(fmt::format("telemetry {}: {}; readings are kept and sent later",
                           parts_.entry.name,
                           plain_text(result.why, 400)));
  }
  const auto doubled = kFirstBackOff * (1 << std::min(failures_ - 1, kMostDoublings));
  return std::max(std::min(doubled, kLongestBackOff),
                  std::min(result.retry_after.value_or(Microseconds{0}), kLongestBackOff));
}

void Telemetry::Impl::came_through(const TelemetryResult& result) {
  if (std::exchange(failures_, 0) > 0) {
    parts_.say(fmt::format(
        "telemetry {}: {} takes readings again", parts_.entry.name, parts_.entry.server));
  }
  if (result.refused > 0 && !std::exchange(refusal_said_, true)) {
    parts_.say(fmt::format("telemetry {}: {} refuses points for ever, such as {}",
                           parts_.entry.name,
                           parts_.entry.server,
                           result.example));
  }
  try {
    parts_.keep(marks_);
  } catch (const std::exception& error) {
    parts_.say(
        fmt::format("telemetry {}: cannot note what was sent ({}); after a restart some is "
                    "sent again",
                    parts_.entry.name,
                    error.what()));
  }
}

std::unique_ptr<TelemetryWriter> make_telemetry_writer(
    const TelemetryEntry& entry, const std::vector<TelemetryChannel>& channels) {
  switch (entry.kind) {
    case TelemetryKind::Influx:
    case TelemetryKind::Influx2:
      return std::make_unique<InfluxWriter>(entry);
    case TelemetryKind::Mqtt:
      return std::make_unique<MqttWriter>(entry, channels);
  }
  return nullptr;
}

Telemetry::Telemetry(TelemetryParts parts, const Clock& clock)
    : impl_(std::make_shared<Impl>(std::move(parts), clock)),
      thread_([impl = impl_](const std::stop_token& stop) { impl->work(stop); }) {}

Telemetry::~Telemetry() = default;

}  // namespace fat

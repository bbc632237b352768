#include "cli/telemetry_start.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/store/readings_file.hpp"
#include "fat/store/telemetry_marks.hpp"

namespace fat {

namespace {

std::vector<TelemetryChannel> published_channels(const Station& station) {
  std::vector<TelemetryChannel> channels;
  for (const auto& channel : station.channels) {
    const auto device = std::ranges::find(station.devices, channel.instrument, &DeviceEntry::name);
    channels.push_back({.name = channel.name,
                        .unit = channel.unit,
                        .kind = device == station.devices.end() ? channel.instrument : device->kind,
                        .device = channel.instrument,
                        .quantity = channel.source.quantity});
  }
  return channels;
}

/// Opened by the thread that reads it.
class StoredReadings {
 public:
  explicit StoredReadings(std::filesystem::path file) : path_(std::move(file)) {}

  std::vector<TimedReading> after(const std::string& channel, WallTime at, int most) {
    if (!file_) {
      file_ = std::make_unique<ReadingsFile>(path_, ReadingsFile::Mode::Read);
    }
    return file_->after(channel, at, most);
  }

 private:
  std::filesystem::path path_;
  std::unique_ptr<ReadingsFile> file_;
};

}  // namespace

std::vector<std::unique_ptr<Telemetry>> start_telemetry(
    const Station& station,
    const BenchFiles& files,
    const Clock& clock,
    const std::function<void(const std::string&)>& say) {
  std::vector<std::unique_ptr<Telemetry>> all;
  for (const auto& entry : station.telemetry) {
    const auto stored = std::make_shared<StoredReadings>(files.readings);
    const auto marks = files.readings.parent_path() /
                       fmt::format("{}_{}.json", files.readings.stem().string(), entry.name);
    all.push_back(std::make_unique<Telemetry>(
        TelemetryParts{
            .entry = entry,
            .channels = published_channels(station),
            .readings = [stored](const std::string& channel,
                                 WallTime at,
                                 int most) { return stored->after(channel, at, most); },
            .marks = [marks] { return read_telemetry_marks(marks); },
            .keep = [marks](const TelemetryMarks& sent) { write_telemetry_marks(marks, sent); },
            .say = say},
        clock));
  }
  return all;
}

}  // namespace fat

// A line of a program or of a file -> the numbers in its columns.
#include "devices/column_sensor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/session.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr off_t kMostOfFile = 4096;  // of its end

[[noreturn]] void file_failed(const SensorFile& file, DeviceFault fault, const std::string& why) {
  throw DeviceError{fault, file.device, fmt::format("{}: {}", file.path, why)};
}

Microseconds age_of(const SensorFile& file, const struct stat& status) {
  const auto written = std::chrono::seconds{status.st_mtim.tv_sec} +
                       std::chrono::nanoseconds{status.st_mtim.tv_nsec};
  return std::chrono::duration_cast<Microseconds>(file.clock.now().wall.time_since_epoch() -
                                                  written);
}

/// A pipe would wait for its writer: it is opened without waiting.
std::string end_of(const SensorFile& file) {
  const OwnedFd opened{::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};

  struct stat status {};

  if (!opened || ::fstat(opened.get(), &status) != 0) {
    file_failed(file, DeviceFault::Unreachable, std::strerror(errno));
  }
  if (const auto age = age_of(file, status);
      file.maximum_age.count() > 0 && age > file.maximum_age) {
    file_failed(file,
                DeviceFault::Timeout,
                fmt::format("was last written {} ago, more than maximum_age {}",
                            to_text(age),
                            to_text(file.maximum_age)));
  }
  std::array<char, kMostOfFile> bytes{};
  const auto begin = std::max<off_t>(0, status.st_size - kMostOfFile);
  const auto count = ::pread(opened.get(), bytes.data(), bytes.size(), begin);
  if (count < 0) {
    file_failed(file, DeviceFault::Unreachable, std::strerror(errno));
  }
  return {bytes.data(), static_cast<std::size_t>(count)};
}

/// Without a line end it may be half written.
std::string last_line(const SensorFile& file) {
  const auto text = end_of(file);
  const auto end = text.rfind('\n');
  if (end == std::string::npos || end == 0) {
    file_failed(
        file, DeviceFault::Garbled, fmt::format("has no whole line but \"{}\"", escaped(text)));
  }
  const auto before = text.rfind('\n', end - 1);
  const auto begin = before == std::string::npos ? 0 : before + 1;
  return text.substr(begin, end - begin);
}

}  // namespace

std::optional<double> number_in_column(std::string_view line, int column) {
  constexpr std::string_view between = " \t\r,;";
  while (true) {
    const auto begin = line.find_first_not_of(between);
    if (begin == std::string_view::npos || column < 1) {
      return std::nullopt;
    }
    line.remove_prefix(begin);
    const auto word = line.substr(0, line.find_first_of(between));
    if (--column == 0) {
      return parse_number(
          word.starts_with('+') && word.size() > 1 && word[1] != '-' ? word.substr(1) : word);
    }
    line.remove_prefix(word.size());
  }
}

ColumnSensor::ColumnSensor(SensorProgram program, int columns)
    : SensorInstrument(program.device,
                       "exec_sensor",
                       {{.name = "value", .unit = {}, .inputs = columns, .settable = {}}}),
      source_(std::move(program)) {}

ColumnSensor::ColumnSensor(SensorFile file, int columns)
    : SensorInstrument(file.device,
                       "file_sensor",
                       {{.name = "value", .unit = {}, .inputs = columns, .settable = {}}}),
      source_(std::move(file)) {}

std::string ColumnSensor::line() const {
  if (const auto* file = std::get_if<SensorFile>(&source_)) {
    return last_line(*file);
  }
  const auto output = run_sensor(std::get<SensorProgram>(source_));
  return output.substr(0, output.find('\n'));
}

double ColumnSensor::measure(const std::string& /*quantity*/, int input) {
  const auto text = line();
  const auto number = number_in_column(text, input);
  if (!number) {
    fail(DeviceFault::Garbled,
         fmt::format("column {} of \"{}\" is no number", input, escaped(text)));
  }
  return *number;
}

}  // namespace fat

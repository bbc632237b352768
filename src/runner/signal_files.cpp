#include "runner/signal_files.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include <sys/stat.h>

#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr std::string_view kFile = "file:";
/// So much of a file's end is read, in bytes.
constexpr std::streamoff kLongestEnd = 4096;

std::optional<WallTime> written(const std::filesystem::path& file) {
  struct stat found {};

  if (stat(file.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) {
    return std::nullopt;
  }
  return WallTime{
      std::chrono::duration_cast<Microseconds>(std::chrono::seconds{found.st_mtim.tv_sec} +
                                               std::chrono::nanoseconds{found.st_mtim.tv_nsec})};
}

/// "2026-11-21 03:20 -39.8 degC" -> -39.8 degC: the last number of the last line and what follows
/// it.
std::optional<Quantity> last_quantity(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary | std::ios::ate};
  const auto size = static_cast<std::streamoff>(stream.tellg());
  stream.seekg(std::max(std::streamoff{0}, size - kLongestEnd));
  std::string line, last;
  while (std::getline(stream, line)) {
    last = line.find_first_not_of(" \t\r") == std::string::npos ? last : line;
  }
  std::ranges::replace(last, ',', ' ');
  std::istringstream words{last};
  std::optional<Quantity> found;
  for (std::string word; words >> word;) {
    if (const auto number = parse_number(word)) {
      found = Quantity{.value = *number, .unit = {}};
    } else if (found) {
      found->unit = word;
    }
  }
  return found;
}

}  // namespace

SignalFiles::SignalFiles(const Plan& plan, std::filesystem::path station)
    : station_(std::move(station)), filter_(plan) {
  follow(plan);
}

void SignalFiles::follow(const Plan& plan) {
  filter_.follow(plan);
  const auto before = std::exchange(files_, {});
  for (const auto& step : plan.steps) {
    for (const auto& window : step.valid_when) {
      if (window.signal.starts_with(kFile)) {
        const auto known = before.find(window.signal);
        files_[window.signal] = known == before.end() ? WallTime{} : known->second;
      }
    }
  }
}

std::vector<SignalRead> SignalFiles::changed() {
  std::vector<SignalRead> readings;
  for (auto& [signal, before] : files_) {
    const auto file = station_ / signal.substr(kFile.size());
    const auto now = written(file);
    if (!now || *now == before) {
      continue;
    }
    before = *now;
    const auto quantity = last_quantity(file);
    if (!quantity) {
      continue;
    }
    SignalRead reading{
        .signal = signal, .value = quantity->value, .unit = quantity->unit, .at = *now, .from = {}};
    if (filter_.is_news(reading)) {
      readings.push_back(std::move(reading));
    }
  }
  return readings;
}

}  // namespace fat

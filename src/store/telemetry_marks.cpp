#include "fat/store/telemetry_marks.hpp"

#include <nlohmann/json.hpp>

#include "store/durable_file.hpp"

namespace fat {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMostMarks = std::uint64_t{4} << 20U;  // bytes

}  // namespace

std::optional<std::map<std::string, WallTime>> read_telemetry_marks(
    const std::filesystem::path& file) {
  std::string text;
  try {
    text = store::read_whole(file, kMostMarks);
  } catch (const std::runtime_error&) {  // there is none
    return std::nullopt;
  }
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return std::nullopt;
  }
  std::map<std::string, WallTime> marks;
  for (const auto& [channel, at] : json.items()) {
    if (!at.is_number_integer()) {
      return std::nullopt;
    }
    marks.emplace(channel, WallTime{Microseconds{at.get<std::int64_t>()}});
  }
  return marks;
}

void write_telemetry_marks(const std::filesystem::path& file,
                           const std::map<std::string, WallTime>& marks) {
  auto json = Json::object();
  for (const auto& [channel, at] : marks) {
    json[channel] = at.time_since_epoch().count();
  }
  store::replace_file(file, json.dump() + '\n', {.mode = 0600, .as = {}, .durable = false});
}

}  // namespace fat

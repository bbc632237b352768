#include "fat/store/lease_file.hpp"

#include <system_error>

#include <fmt/format.h>

#include "store/durable_file.hpp"

namespace fat {

namespace {

constexpr std::uint64_t kLongestRecord = 4U << 20U;

}  // namespace

void write_lease_record(const std::filesystem::path& file,
                        const LeaseRecord& record,
                        bool for_group) {
  store::replace_file(
      file, to_json_text(record) + "\n", {.mode = for_group ? 0660U : 0600U, .as = {}});
}

LeaseRecordRead read_lease_record(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
    return {};
  }
  std::string why = "it is not what it should be";
  try {
    if (auto record = lease_record_from_json_text(store::read_whole(file, kLongestRecord))) {
      return {.record = std::move(record), .damage = {}};
    }
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  return {.record = {}, .damage = fmt::format("{} cannot be read: {}", file.string(), why)};
}

}  // namespace fat

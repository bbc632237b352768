#include "fat/store/lease_file.hpp"

#include <utility>

#include "store/durable_file.hpp"
#include "store/kept_text.hpp"

namespace fat {

void write_lease_record(const std::filesystem::path& file,
                        const LeaseRecord& record,
                        bool for_group) {
  store::replace_file(
      file, to_json_text(record) + "\n", {.mode = store::kept_mode(for_group), .as = {}});
}

LeaseRecordRead read_lease_record(const std::filesystem::path& file) {
  auto [record, damage] = store::read_kept(file, lease_record_from_json_text);
  return {.record = std::move(record), .damage = std::move(damage)};
}

}  // namespace fat

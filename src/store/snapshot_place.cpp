// station.ini's [backup NAME] -> the kind of place it is.
#include "store/snapshot_place.hpp"

#include <string_view>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "fat/model/run_paths.hpp"
#include "store/folder_place.hpp"
#include "store/ssh_place.hpp"

namespace fat::store {

std::unique_ptr<SnapshotPlace> open_place(const BackupTarget& target,
                                          const std::filesystem::path& scratch) {
  if (target.host.empty()) {
    return std::make_unique<FolderPlace>(target);
  }
  return std::make_unique<SshPlace>(target, scratch);
}

std::optional<int> run_of_folder(const std::string& name) {
  return run_number_of(name + ".json");
}

std::string not_there(const BackupTarget& target) {
  return fmt::format(
      "the backup target {} ({}) is not there; is it mounted?", target.name, shown_place(target));
}

}  // namespace fat::store

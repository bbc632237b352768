// A backup target that is a folder of this machine, or mounted there.
#pragma once

#include "store/snapshot_place.hpp"

namespace fat::store {

class FolderPlace : public SnapshotPlace {
 public:
  explicit FolderPlace(BackupTarget target);

  std::vector<StoredArchive> list(std::optional<int> run) override;
  std::optional<Manifest> manifest(const StoredArchive& archive) override;
  void put(const StoredArchive& archive,
           const std::filesystem::path& file,
           const std::string& sha256) override;
  /// Where it lies: nothing is copied.
  std::filesystem::path fetch(const StoredArchive& archive) override;
  std::size_t remove(int run, const std::vector<std::string>& names) override;
  std::uint64_t try_out() override;
  std::string shown(const StoredArchive& archive) const override;

 private:
  std::filesystem::path path_of(const StoredArchive& archive) const;
  void require_target() const;
  std::vector<int> runs() const;

  BackupTarget target_;
};

}  // namespace fat::store

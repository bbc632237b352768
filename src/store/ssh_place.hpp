// A backup target on another host, through the system's ssh. Needs a POSIX shell and coreutils
// there.
#pragma once

#include "store/snapshot_place.hpp"

namespace fat::store {

class SshPlace : public SnapshotPlace {
 public:
  SshPlace(BackupTarget target, std::filesystem::path scratch);

  std::vector<StoredArchive> list(std::optional<int> run) override;
  /// Brings its first 4 MiB.
  std::optional<Manifest> manifest(const StoredArchive& archive) override;
  void put(const StoredArchive& archive,
           const std::filesystem::path& file,
           const std::string& sha256) override;
  /// A copy in the scratch folder.
  std::filesystem::path fetch(const StoredArchive& archive) override;
  std::size_t remove(int run, const std::vector<std::string>& names) override;
  std::uint64_t try_out() override;
  std::string shown(const StoredArchive& archive) const override;

 private:
  /// Begins in the target's folder.
  std::string script(const std::string& rest) const;
  /// The file "here" that a script's output fills.
  std::filesystem::path bring(const StoredArchive& archive, const std::string& program);

  BackupTarget target_;
  std::filesystem::path scratch_;
};

}  // namespace fat::store

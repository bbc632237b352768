// statfs -> a sentence for people, or nothing.
#include "fat/store/file_system.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "store/file_system_kind.hpp"

namespace fat {

namespace store {

std::string_view unsafe_kind(std::uint32_t kind) {
  using Kind = std::pair<std::uint32_t, std::string_view>;
  // Those that <linux/magic.h> does not know stand with the number their own drivers use.
  static constexpr std::array<Kind, 14> unsafe{{{NFS_SUPER_MAGIC, "NFS"},
                                                {SMB_SUPER_MAGIC, "SMB"},
                                                {CIFS_SUPER_MAGIC, "SMB (cifs)"},
                                                {SMB2_SUPER_MAGIC, "SMB"},
                                                {FUSE_SUPER_MAGIC, "FUSE (sshfs or the like)"},
                                                {AFS_SUPER_MAGIC, "AFS"},
                                                {AFS_FS_MAGIC, "AFS"},
                                                {CODA_SUPER_MAGIC, "Coda"},
                                                {CEPH_SUPER_MAGIC, "Ceph"},
                                                {NCP_SUPER_MAGIC, "NCP"},
                                                {V9FS_MAGIC, "9P"},
                                                {OCFS2_SUPER_MAGIC, "OCFS2"},
                                                {0x0bd00bd0, "Lustre"},
                                                {0x47504653, "GPFS"}}};
  const auto* const found =
      std::ranges::find_if(unsafe, [&](const Kind& entry) { return entry.first == kind; });
  return found == unsafe.end() ? std::string_view{} : found->second;
}

}  // namespace store

std::optional<std::string> unsafe_file_system(const std::filesystem::path& path) {
  auto place = std::filesystem::absolute(path);
  std::error_code error;
  while (!std::filesystem::exists(place, error) && place.has_relative_path()) {
    place = place.parent_path();
  }

  struct statfs status {};

  if (::statfs(place.c_str(), &status) != 0) {
    return fmt::format("{} cannot be examined; give a folder on a local disk", place.string());
  }
  const auto kind = store::unsafe_kind(static_cast<std::uint32_t>(status.f_type));
  if (kind.empty()) {
    return std::nullopt;
  }
  return fmt::format(
      "{} is on a {} file system, where a database and locks are not safe; put the station on a "
      "local disk, or name a local folder in [paths] state and runs",
      place.string(),
      kind);
}

}  // namespace fat

// Where a station may live.
#include "fat/store/file_system.hpp"

#include <gmock/gmock.h>

#include "store/file_system_kind.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

TEST(UnsafeFileSystem, LetsALocalDiskPass) {
  const TemporaryFolder folder;

  EXPECT_EQ(unsafe_file_system(folder.path()), std::nullopt);
  EXPECT_EQ(unsafe_file_system(folder / "not/there/yet"), std::nullopt);
}

TEST(UnsafeFileSystem, KnowsTheNetworkOnes) {
  EXPECT_EQ(store::unsafe_kind(0x6969), "NFS");
  EXPECT_EQ(store::unsafe_kind(0xff534d42), "SMB (cifs)");
  EXPECT_EQ(store::unsafe_kind(0x65735546), "FUSE (sshfs or the like)");
  EXPECT_EQ(store::unsafe_kind(0xef53), "");  // ext4
}

}  // namespace
}  // namespace fat

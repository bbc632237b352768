// Where a secret stands -> the secret, or what is wrong; nothing is waited for.
#include "people/secret.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

class SecretFile : public testing::Test {
 protected:
  Secret read(const std::string& content) {
    std::ofstream{path(), std::ios::binary} << content;
    return read_secret({.file = path(), .environment = {}});
  }

  std::filesystem::path path() const { return folder_ / "token"; }

  TemporaryFolder folder_;
};

TEST_F(SecretFile, IsItsFirstLine) {
  EXPECT_EQ(read("xoxb-1\r\nsecond\n").value, "xoxb-1");
  EXPECT_EQ(read("xoxb-2").value, "xoxb-2");
}

TEST_F(SecretFile, IsRefusedInWordsThatDoNotHoldIt) {
  EXPECT_THAT(read("").problem, HasSubstr("is empty"));
  const auto two = read("hush hush\n");
  EXPECT_THAT(two.problem, HasSubstr("more than one word"));
  EXPECT_THAT(two.problem, testing::Not(HasSubstr("hush")));
}

TEST_F(SecretFile, ThatIsNoFileIsNotWaitedFor) {
  EXPECT_THAT(read_secret({.file = path(), .environment = {}}).problem, HasSubstr("No such file"));
  EXPECT_THAT(read_secret({.file = folder_.path(), .environment = {}}).problem,
              HasSubstr("no file"));
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_THAT(read_secret({.file = path(), .environment = {}}).problem, HasSubstr("no file"));
}

}  // namespace
}  // namespace fat

// Files of logbook entries, kept by their content.
#include "fat/store/log_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

// $ printf abc | sha256sum
constexpr const char* kHashOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(LogFiles, AreKeptOnceUnderTheirContent) {
  const TemporaryFolder state;
  const auto first = keep_log_file(state.path(), write_text(state / "in/a b.png", "abc"), false);
  const auto again = keep_log_file(state.path(), write_text(state / "in/c.png", "abc"), false);

  EXPECT_EQ(first, (LogAttachment{.name = "a b.png", .sha256 = kHashOfAbc, .size = 3}));
  EXPECT_EQ(log_file(state.path(), first), log_file(state.path(), again));
  EXPECT_EQ(read_text(state / ("logbook/" + std::string{kHashOfAbc} + ".png")), "abc");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{state / "logbook"}, {}), 1);
}

TEST(LogFiles, LeadNowhereElse) {
  EXPECT_EQ(log_file("/s", {.name = "x./../y", .sha256 = "../../etc/passwd"}),
            "/s/logbook/unknown");
}

TEST(LogFiles, AreNeitherPipesNorFoldersNorLarge) {
  const TemporaryFolder state;
  ASSERT_EQ(mkfifo((state / "pipe").c_str(), 0600), 0);
  write_text(state / "large", std::string(kLargestAttachment + 1, 'x'));

  for (const char* name : {"pipe", ".", "large", "none"}) {
    EXPECT_THROW(keep_log_file(state.path(), state / name, false), std::runtime_error) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(state / "logbook"));
}

TEST(LogFiles, AreTheGroupsWhereTheStationIs) {
  const TemporaryFolder state;

  keep_log_file(state.path(), write_text(state / "in/a.png", "abc"), true);

  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(state / "logbook").permissions(),
            perms::set_gid | perms::owner_all | perms::group_all);
}

}  // namespace
}  // namespace fat

// Files -> hashes, and when they are read again.
#include "fat/store/code_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/temporary_folder.hpp"

namespace fat {

namespace {

std::map<std::string, CodeFile> known(const UnitContent& content) {
  std::map<std::string, CodeFile> files;
  for (const auto& file : content.files) {
    files[file.path] = file;
  }
  return files;
}

TEST(CodeFiles, TheNameOfACodeIsThatOfItsContents) {
  const TemporaryFolder folder;
  const auto file = write_text(folder / "a.py", "one").string();
  const auto first = read_unit("a", {file}, {});

  write_text(file, "two");
  const auto second = read_unit("a", {file}, known(first));
  write_text(file, "one");
  const auto third = read_unit("a", {file}, known(second));

  EXPECT_EQ(first.unit.code.size(), 16U);
  EXPECT_NE(first.unit.code, second.unit.code);
  EXPECT_EQ(first.unit.code, third.unit.code);
}

TEST(CodeFiles, AFileWhoseStatIsAsItWasIsNotReadAgain) {
  const TemporaryFolder folder;
  const auto file = write_text(folder / "a.py", "one").string();
  auto files = known(read_unit("a", {file}, {}));
  files[file].sha256 = "as it was";

  EXPECT_EQ(read_unit("a", {file}, files).files[0].sha256, "as it was");

  files[file].changed_ns -= 1;
  EXPECT_EQ(read_unit("a", {file}, files).files[0].sha256.size(), 64U);
}

TEST(CodeFiles, AMissingFileIsAnotherCodeAndNoError) {
  const TemporaryFolder folder;
  const auto file = write_text(folder / "a.py", "one").string();
  const auto before = read_unit("a", {file}, {});
  std::filesystem::remove(file);

  const auto after = read_unit("a", {file}, known(before));

  EXPECT_EQ(after.files[0].sha256, "");
  EXPECT_NE(after.unit.code, before.unit.code);
}

TEST(CodeFiles, APipeInAFilesPlaceHoldsNobodyUp) {
  const TemporaryFolder folder;
  const auto pipe = (folder / "a.py").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);

  EXPECT_EQ(read_unit("a", {pipe}, {}).files.size(), 1U);
}

}  // namespace

}  // namespace fat

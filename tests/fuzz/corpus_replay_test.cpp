// Every file of the corpus -> its target, as the fuzzer would run it: what was found once stays
// mended.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fuzz/targets.hpp"

namespace fat::fuzz {
namespace {

std::vector<std::filesystem::path> corpus_of(const std::string& target) {
  std::vector<std::filesystem::path> files;
  const auto folder = std::filesystem::path{FUZZ_CORPUS} / target;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

std::string name_of(const testing::TestParamInfo<Target>& target) {
  return target.param.name;
}

class Corpus : public testing::TestWithParam<Target> {};

INSTANTIATE_TEST_SUITE_P(Of, Corpus, testing::ValuesIn(kTargets), name_of);

TEST_P(Corpus, FindsNothing) {
  const auto files = corpus_of(GetParam().name);

  EXPECT_FALSE(files.empty());
  for (const auto& file : files) {
    EXPECT_NO_THROW(GetParam().run(content_of(file))) << file;
  }
}

TEST_P(Corpus, KeepsInputsSmall) {
  for (const auto& file : corpus_of(GetParam().name)) {
    EXPECT_LE(std::filesystem::file_size(file), 4096U) << file;
  }
}

}  // namespace
}  // namespace fat::fuzz

// Answers that the disk takes, refuses, or has already.
#include "runner/answer_queue.hpp"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

class AnswersOfAStep : public testing::Test {
 protected:
  std::string file() const {
    std::ifstream answers{folder_ / "answers.jsonl"};
    return {std::istreambuf_iterator<char>{answers}, {}};
  }

  TemporaryFolder folder_;
  boost::asio::io_context loop_;
  int handed_ = 0;
  std::vector<std::string> refusals_;
  AnswerQueue queue_{loop_,
                     folder_ / "",
                     {.handed = [this] { ++handed_; },
                      .refused = [this](const std::string& why) { refusals_.push_back(why); }}};
};

TEST_F(AnswersOfAStep, AreHandedOverAtOnce) {
  queue_.give(1, "yes");

  EXPECT_EQ(file(), "{\"prompt\":1,\"value\":\"yes\"}\n");
  EXPECT_EQ(handed_, 1);
}

TEST_F(AnswersOfAStep, AreTriedAgainInTheirOrderWhenTheDiskRefuses) {
  std::filesystem::create_directory(folder_ / "answers.jsonl");  // nothing can be written there
  queue_.give(1, "yes");
  queue_.give(2, "no");
  EXPECT_EQ(handed_, 0);
  std::filesystem::remove(folder_ / "answers.jsonl");

  while (handed_ == 0) {
    loop_.run_one();
  }

  EXPECT_EQ(file(), "{\"prompt\":1,\"value\":\"yes\"}\n{\"prompt\":2,\"value\":\"no\"}\n");
  EXPECT_THAT(refusals_, testing::SizeIs(1));
}

TEST_F(AnswersOfAStep, AreNotGivenTwiceByTheNextScheduler) {
  queue_.give(1, "yes");

  queue_.give_once(1, "yes");
  queue_.give_once(2, "no");

  EXPECT_EQ(file(), "{\"prompt\":1,\"value\":\"yes\"}\n{\"prompt\":2,\"value\":\"no\"}\n");
}

}  // namespace
}  // namespace fat

// The step's side of a question, over real pipes.
#include "tasks/operator_question.hpp"

#include <array>
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"
#include "tasks/fake_bench.hpp"

namespace fat {
namespace {

/// What the task hears when these bytes stand in the pipe, which then is closed.
bool answered_with(const std::string& bytes, RecordingReporter& reporter) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const OwnedFd reading{ends[0]};
  {
    const OwnedFd writing{ends[1]};
    EXPECT_EQ(::write(writing.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  return operator_question(reporter, reading.get())("Is the door shut?");
}

TEST(OperatorQuestion, IsAPromptAndHearsYes) {
  RecordingReporter reporter;

  EXPECT_TRUE(answered_with(R"({"prompt":1,"value":"yes"})"
                            "\n",
                            reporter));

  ASSERT_EQ(reporter.all<PromptReport>().size(), 1U);
  EXPECT_EQ(reporter.all<PromptReport>()[0].prompt.text, "Is the door shut?");
}

TEST(OperatorQuestion, TakesEverythingElseForNo) {
  for (const auto* bytes : {R"({"prompt":1,"value":"no"})"
                            "\n",
                            R"({"prompt":1,"value":null})"
                            "\n",
                            R"({"prompt":1,"value":true})"
                            "\n",
                            "[]\n",
                            R"("yes")"
                            "\n",
                            "yes\n",
                            "\n",
                            R"({"prompt":1,"value":"yes"})",
                            ""}) {
    RecordingReporter reporter;

    EXPECT_FALSE(answered_with(bytes, reporter)) << bytes;
  }
}

TEST(OperatorQuestion, IsNotAskedWhenNobodyCanAnswer) {
  RecordingReporter reporter;

  EXPECT_FALSE(operator_question(reporter, -1)("Is the door shut?"));
  EXPECT_TRUE(reporter.all<PromptReport>().empty());
}

TEST(OperatorQuestion, TakesALineWithoutEndForNo) {
  RecordingReporter reporter;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const OwnedFd reading{ends[0]};
  const std::jthread writer{[file = OwnedFd{ends[1]}] {
    const std::string endless(70'000, 'y');
    ::signal(SIGPIPE, SIG_IGN);
    static_cast<void>(::write(file.get(), endless.data(), endless.size()));
  }};

  EXPECT_FALSE(operator_question(reporter, reading.get())("Is the door shut?"));
  std::array<char, 8192> rest{};
  while (::read(reading.get(), rest.data(), rest.size()) > 0) {
  }
}

}  // namespace
}  // namespace fat

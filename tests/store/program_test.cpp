// A program run to its end, ended early, missing, or one that cannot be started.
#include "store/program.hpp"

#include <csignal>
#include <system_error>

#include <gmock/gmock.h>

namespace fat::store {
namespace {

using testing::HasSubstr;

TEST(RunProgram, TellsHowItEndedAndWhatItSaid) {
  std::string said;
  const auto take = [&](std::string_view bytes) {
    said += bytes;
    return true;
  };

  const auto end =
      run_program({.words = {"sh", "-c", "echo out; echo wrong >&2; exit 3"}, .take = take});

  EXPECT_EQ(end.status, 3);
  EXPECT_EQ(end.error, "wrong\n");
  EXPECT_EQ(said, "out\n");
  EXPECT_EQ(run_program({.words = {"sh", "-c", "kill -KILL $$"}}).status, 128 + SIGKILL);
}

TEST(RunProgram, EndsItWhenNobodyWantsToHearMore) {
  int pieces = 0;
  const auto end = run_program({.words = {"yes"}, .take = [&](std::string_view) {
                                  ++pieces;
                                  return false;
                                }});

  EXPECT_EQ(end.status, 128 + SIGTERM);
  EXPECT_EQ(pieces, 1);
}

TEST(RunProgram, TellsAMissingOneFromOneThatCannotBeStarted) {
  const auto end = run_program({.words = {"no-such-program"}});
  EXPECT_EQ(end.status, kProgramMissing);
  EXPECT_THAT(end.error, HasSubstr("no-such-program is not installed on this machine"));

  EXPECT_THROW(run_program({.words = {"/"}}), std::system_error);
}

}  // namespace
}  // namespace fat::store

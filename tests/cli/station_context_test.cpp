// Who acts, at the moments in which there is no journal to ask.
#include "cli/station_context.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

TEST(PersonOnShift, IsNobodyWhileThereIsNoJournal) {
  const TemporaryFolder folder;
  EXPECT_EQ(person_on_shift({.folder = folder.path(), .state = folder.path()}), std::nullopt);
}

TEST(PersonOnShift, IsNobodyWhileTheJournalIsJustBeingMade) {
  const TemporaryFolder folder;
  const Station station{.folder = folder.path(), .state = folder.path()};
  std::ofstream{journal_file(station)}.flush();
  EXPECT_EQ(person_on_shift(station), std::nullopt);
}

}  // namespace
}  // namespace fat

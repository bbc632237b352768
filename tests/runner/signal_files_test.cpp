// Readings: which are worth a row, and those that stand in files.
#include "runner/signal_files.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "runner/report_collector.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

Plan plan_with(const std::string& signal, Microseconds max_age = kReadingAge) {
  Step step;
  step.title = "gain";
  step.valid_when = {
      {.signal = signal, .low = -42, .high = -38, .unit = "degC", .max_age = max_age}};
  Plan plan;
  plan.steps = {step};
  return plan;
}

class SignalFolder : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

SignalRead freezer(double value, seconds at) {
  return {.signal = "freezer", .value = value, .unit = "degC", .at = WallTime{at}, .from = {}};
}

TEST(ReadingFilter, LetsOnePassAMinute) {
  ReadingFilter filter{plan_with("freezer")};

  EXPECT_TRUE(filter.is_news(freezer(-40, seconds{0})));
  EXPECT_FALSE(filter.is_news(freezer(-39.9, seconds{1})));
  EXPECT_FALSE(filter.is_news(freezer(-39.8, seconds{59})));
  EXPECT_TRUE(filter.is_news(freezer(-39.8, seconds{60})));
}

TEST(ReadingFilter, LetsEveryChangeBetweenValidAndNotPass) {
  ReadingFilter filter{plan_with("freezer")};

  EXPECT_TRUE(filter.is_news(freezer(-40, seconds{0})));
  EXPECT_TRUE(filter.is_news(freezer(-37, seconds{1})));
  EXPECT_FALSE(filter.is_news(freezer(-36, seconds{2})));
  EXPECT_TRUE(filter.is_news(freezer(-39, seconds{3})));
}

TEST(ReadingFilter, IsQuickerThanTheShortestAge) {
  ReadingFilter filter{plan_with("freezer", seconds{20})};

  EXPECT_TRUE(filter.is_news(freezer(-40, seconds{0})));
  EXPECT_TRUE(filter.is_news(freezer(-40, seconds{10})));
}

TEST(ReadingFilter, FollowsAnEditOfThePlan) {
  ReadingFilter filter{plan_with("humidity")};
  EXPECT_TRUE(filter.is_news(freezer(-37, seconds{0})));
  EXPECT_FALSE(filter.is_news(freezer(-39, seconds{1})));

  filter.follow(plan_with("freezer"));

  EXPECT_TRUE(filter.is_news(freezer(-39, seconds{2})));
}

TEST(ReadingFilter, AChattyStepCostsOneRow) {
  ReadingFilter filter{plan_with("freezer")};
  ReportCollector collector{{.title = "gain"}, nullptr, 0, &filter};
  const std::string line = R"({"at":0,"report":{"reading":"freezer","value":-40,"unit":"degC"}})";
  collector.add(line);
  EXPECT_THAT(collector.take().readings, SizeIs(1));

  collector.add(line);

  EXPECT_TRUE(collector.only_progress());
  EXPECT_THAT(collector.take().readings, IsEmpty());
}

TEST_F(SignalFolder, GivesTheLastNumberOfTheLastLineOnceForEachChange) {
  const auto file = folder_ / "freezer.txt";
  std::ofstream{file} << "2026-11-21 03:20 -41.0 degC\n2026-11-21 03:21 -39.5 degC\n";
  SignalFiles files{plan_with("file:freezer.txt"), folder_.path()};

  const auto first = files.changed();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].signal, "file:freezer.txt");
  EXPECT_EQ(first[0].value, -39.5);
  EXPECT_EQ(first[0].unit, "degC");
  EXPECT_THAT(files.changed(), IsEmpty());
}

TEST_F(SignalFolder, FollowsAnEditOfThePlan) {
  std::ofstream{folder_ / "freezer.txt"} << "-39.5 degC\n";
  std::ofstream{folder_ / "other.txt"} << "-40.5 degC\n";
  SignalFiles files{plan_with("file:freezer.txt"), folder_.path()};
  EXPECT_THAT(files.changed(), SizeIs(1));
  auto both = plan_with("file:freezer.txt");
  both.steps.push_back(plan_with("file:other.txt").steps.front());

  files.follow(both);

  const auto found = files.changed();
  ASSERT_THAT(found, SizeIs(1));  // what it knew already is not news
  EXPECT_EQ(found[0].signal, "file:other.txt");
  files.follow(Plan{});
  EXPECT_TRUE(files.empty());
}

TEST_F(SignalFolder, SaysNothingOfAFileThatIsMissingOrHoldsNoNumber) {
  SignalFiles missing{plan_with("file:nowhere.txt"), folder_.path()};
  std::ofstream{folder_ / "words.txt"} << "no number here\n";
  SignalFiles words{plan_with("file:words.txt"), folder_.path()};
  const SignalFiles none{plan_with("freezer"), folder_.path()};

  EXPECT_THAT(missing.changed(), IsEmpty());
  EXPECT_THAT(words.changed(), IsEmpty());
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace fat

// What a run JSON says about earlier MasterFAT_NN.
#include "fat/store/master_view.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::Field;

class Masters : public testing::Test {
 protected:
  std::filesystem::path with(const std::string& text) const {
    return write_text(folder_ / "run_00012.json", text);
  }

  TemporaryFolder folder_;
};

TEST_F(Masters, AreNumberedFromZero) {
  EXPECT_EQ(next_master_key(with(R"({"comment": ""})")), "MasterFAT_00");
}

TEST_F(Masters, FillTheFirstFreeNumber) {
  EXPECT_EQ(next_master_key(with(R"({"MasterFAT_00": {}, "MasterFAT_02": {}})")), "MasterFAT_01");
}

TEST_F(Masters, EndAtNinetyNine) {
  std::string text = "{\"x\": 1";
  for (int number = 0; number < 100; ++number) {
    text += fmt::format(", \"MasterFAT_{:02}\": {{}}", number);
  }

  EXPECT_THROW(next_master_key(with(text + "}")), std::runtime_error);
}

TEST_F(Masters, CannotBeFoundInADamagedFile) {
  EXPECT_THROW(next_master_key(with("{\"Mas")), std::runtime_error);
  EXPECT_THROW(next_master_key(folder_ / "missing.json"), std::system_error);
}

TEST_F(Masters, TellWhatTheNewestOneOfTheOriginalHolds) {
  const auto view = newest_master(with(
      R"({"MasterFAT_10": {"[0] gain": 1, "[1] dark rate": -1, "[x] y": 1, "ConfigPath": "a.ini",
          "Date": "2026-11-20"}, "MasterFAT_09": {}, "MasterFAT_x": {}, "[1] dark rate": 0})"));

  ASSERT_TRUE(view);
  EXPECT_EQ(view->key, "MasterFAT_10");
  EXPECT_THAT(view->lines,
              ElementsAre(Field(&MasterView::Line::title, "gain"),
                          Field(&MasterView::Line::title, "dark rate")));
  EXPECT_EQ(view->lines[0].value, 1);
  EXPECT_EQ(view->lines[1].index, 1);
  EXPECT_FALSE(view->ended);
  EXPECT_FALSE(view->ours);
}

TEST_F(Masters, AreToldApartFromOurs) {
  const auto view =
      newest_master(with(R"({"MasterFAT_00": {"end_time": "x", "Fatmaster": "0.1.0"}})"));

  ASSERT_TRUE(view);
  EXPECT_TRUE(view->ended);
  EXPECT_TRUE(view->ours);
  EXPECT_FALSE(newest_master(with("{\"comment\": \"\"}")));
}

}  // namespace
}  // namespace fat

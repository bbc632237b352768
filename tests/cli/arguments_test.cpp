// Words behind a command's name -> what was given.
#include <gmock/gmock.h>

#include "cli/command.hpp"

namespace fat {
namespace {

Arguments given(const std::vector<std::string>& words) {
  return {"set",
          {{.name = "CHANNEL", .value = {}, .help = "which"},
           {.name = "VALUE", .value = {}, .help = "to what"},
           {.name = "--json", .value = {}, .help = "for programs"}},
          words};
}

TEST(Arguments, TakeANegativeNumberForAValue) {
  EXPECT_EQ(given({"bath", "-7 degC"}).value("VALUE"), "-7 degC");
  EXPECT_EQ(given({"bath", "-.5", "--json"}).value("VALUE"), "-.5");
}

TEST(Arguments, RefuseAnOptionThatNobodyKnows) {
  EXPECT_THROW(given({"bath", "-x"}), UsageError);
  EXPECT_THROW(given({"bath", "--jsn"}), UsageError);
}

}  // namespace
}  // namespace fat

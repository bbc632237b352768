// Problems -> lines for people.
#include "fat/model/problem.hpp"

#include <gtest/gtest.h>

namespace fat {

TEST(ProblemText, NamesFileAndLine) {
  EXPECT_EQ(to_text({Severity::Error, {"s.ini", 41}, "unknown key"}), "s.ini:41: unknown key");
  EXPECT_EQ(to_text({Severity::Warning, {"s.ini", 41}, "odd"}), "s.ini:41: warning: odd");
  EXPECT_EQ(to_text({Severity::Note, {"s.ini", 0}, "by the way"}), "s.ini: note: by the way");
  EXPECT_EQ(to_text({Severity::Error, {}, "no file"}), "no file");
}

TEST(FileError, CarriesAllProblemsAtOnce) {
  const FileError error{
      {{Severity::Error, {"s.ini", 1}, "a"}, {Severity::Warning, {"s.ini", 2}, "b"}}};

  EXPECT_STREQ(error.what(), "s.ini:1: a\ns.ini:2: warning: b");
  EXPECT_EQ(error.problems().size(), 2U);
}

TEST(HasErrors, CountsErrorsOnly) {
  EXPECT_FALSE(has_errors({}));
  EXPECT_FALSE(has_errors({{Severity::Warning, {}, "w"}}));
  EXPECT_TRUE(has_errors({{Severity::Warning, {}, "w"}, {Severity::Error, {}, "e"}}));
}

}  // namespace fat

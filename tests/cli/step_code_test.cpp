// Steps -> their code's files; what has changed; which commit it is of.
#include "cli/step_code.hpp"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/repositories.hpp"
#include "store/temporary_folder.hpp"

namespace fat {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Step command(const std::string& title, const std::string& text) {
  Step step;
  step.title = title;
  step.command = text;
  return step;
}

Step python(const std::string& title, const std::string& package) {
  Step step;
  step.title = title;
  step.kind = StepKind::Python;
  step.package = package;
  return step;
}

class StepCodeTest : public testing::Test {
 protected:
  StepCodeTest() {
    places_.station = folder_.path();
    places_.python_path = {folder_ / "lab"};
    places_.written = {folder_ / "runs"};
    places_.path = (folder_ / "bin").string();
    write_text(folder_ / "bin/gain", "#!/bin/sh\n");
    std::filesystem::permissions(folder_ / "bin/gain", std::filesystem::perms::owner_all);
    write_text(folder_ / "tools/scan.sh", "echo 1\n");
  }

  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  TemporaryFolder folder_;
  CodePlaces places_;
};

TEST_F(StepCodeTest, ACommandIsItsProgramAndTheScriptsItNames) {
  write_text(folder_ / "values.json", "{}");

  EXPECT_THAT(command_files(command("a", "gain tools/scan.sh values.json nowhere.py"), places_),
              ElementsAre(at("bin/gain"), at("tools/scan.sh")));
}

TEST_F(StepCodeTest, WhatARunWritesIsNoCode) {
  write_text(folder_ / "runs/run_00001/made.py", "1");

  EXPECT_THAT(command_files(command("a", "gain runs/run_00001/made.py"), places_),
              ElementsAre(at("bin/gain")));
}

TEST_F(StepCodeTest, AStepSaysWhenItsScriptHasChanged) {
  StepCode code{places_, {}};
  const auto step = command("a", "gain tools/scan.sh");
  const auto first = code.look(step);
  const auto again = code.look(step);
  write_text(folder_ / "tools/scan.sh", "echo 2\n");
  const auto changed = code.look(step);

  EXPECT_FALSE(first.changed);
  EXPECT_THAT(first.news.files, SizeIs(2));
  EXPECT_THAT(again.news.units, IsEmpty());
  EXPECT_TRUE(changed.changed);
  EXPECT_THAT(changed.news.files, SizeIs(1));
  EXPECT_NE(changed.code, first.code);
}

TEST_F(StepCodeTest, OfAPackageNobodyImportedTheModulesFileIsKnown) {
  write_text(folder_ / "lab/daq/gain.py", "");
  StepCode code{places_, {}};

  const auto look = code.look(python("a", "daq.gain"));

  ASSERT_THAT(look.news.units, SizeIs(1));
  EXPECT_THAT(look.news.units[0].files, ElementsAre(at("lab/daq/gain.py")));
}

TEST_F(StepCodeTest, ASurveyTellsEachChangeOnceWithTheStepsBehindIt) {
  write_text(folder_ / "lab/gain.py", "1");
  write_text(folder_ / "lab/helper.py", "1");
  Plan plan;
  plan.steps = {python("a", "gain"), python("b", "gain"), command("c", "gain")};
  StepCode code{places_, {}};
  code.learn({{"gain", {at("lab/gain.py"), at("lab/helper.py")}}});
  const auto first = code.survey(plan);
  code.accept(first.news);
  write_text(folder_ / "lab/helper.py", "2");

  const auto second = code.survey(plan);

  EXPECT_THAT(first.changes, IsEmpty());
  EXPECT_THAT(first.news.units, SizeIs(2));
  ASSERT_THAT(second.changes, SizeIs(1));
  EXPECT_EQ(to_text(second.changes[0]), at("lab/helper.py") + ": behind step 'a' and 1 more");
}

/// Runs `words` of git in the folder; false when there is no git.
bool git(const TemporaryFolder& folder, const std::string& words) {
  const auto command = "cd '" + folder.path().string() +
                       "' && git -c user.name=a -c user.email=a@b " + words + " >/dev/null 2>&1";
  return std::system(command.c_str()) == 0;
}

TEST(Repositories, TellCommitAndWhetherSomethingDiffersFromIt) {
  const TemporaryFolder folder;
  const auto file = write_text(folder / "lab/gain.py", "1").string();
  if (!git(folder, "init") || !git(folder, "add -A") || !git(folder, "commit -m one")) {
    GTEST_SKIP() << "no git here";
  }
  const auto clean = ask_repositories({file});
  write_text(file, "2");
  const auto modified = ask_repositories({file});

  ASSERT_THAT(clean, SizeIs(1));
  EXPECT_EQ(clean[0].folder, folder.path());
  EXPECT_EQ(clean[0].commit.size(), 40U);
  EXPECT_EQ(clean[0].state, "clean");
  EXPECT_EQ(modified[0].state, "modified");
}

TEST(Repositories, AConfigurationThatNamesProgramsStartsNone) {
  const TemporaryFolder folder;
  const auto file = write_text(folder / "gain.py", "1").string();
  write_text(folder / ".gitattributes", "*.py filter=evil\n");
  if (!git(folder, "init") || !git(folder, "add -A") || !git(folder, "commit -m one")) {
    GTEST_SKIP() << "no git here";
  }
  const auto evil = "touch '" + (folder / "was_here").string() + "'; cat";
  write_text(folder / "evil.sh", "#!/bin/sh\n" + evil + "\n");
  std::filesystem::permissions(folder / "evil.sh", std::filesystem::perms::owner_all);
  for (const auto* key : {"filter.evil.clean", "core.fsmonitor", "core.pager", "diff.external"}) {
    ASSERT_TRUE(git(folder, std::string{"config "} + key + " " + (folder / "evil.sh").string()));
  }
  write_text(file, "2");

  const auto found = ask_repositories({file});

  EXPECT_EQ(found.at(0).state, "modified");
  EXPECT_FALSE(std::filesystem::exists(folder / "was_here"));
}

TEST(Repositories, WithoutGitTheySayWhy) {
  const TemporaryFolder folder;
  const auto file = write_text(folder / "gain.py", "1").string();
  std::filesystem::create_directory(folder / ".git");
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  const auto found = ask_repositories({file});
  setenv("PATH", path.c_str(), 1);

  EXPECT_EQ(found.at(0).state, "git is not installed");
  EXPECT_EQ(found.at(0).commit, "");
}

TEST(Repositories, AGitThatHangsIsGivenUp) {
  const TemporaryFolder folder;
  const auto file = write_text(folder / "gain.py", "1").string();
  std::filesystem::create_directory(folder / ".git");
  write_text(folder / "bin/git", "#!/bin/sh\nexec /bin/sleep 1000\n");
  std::filesystem::permissions(folder / "bin/git", std::filesystem::perms::owner_all);
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder / "bin").c_str(), 1);
  const auto found = ask_repositories({file});
  setenv("PATH", path.c_str(), 1);

  EXPECT_EQ(found.at(0).state, "git did not answer within 3 s");
}

}  // namespace

}  // namespace fat

// Words of a command line -> edits, each on the plan that the ones before it have made.
#include "cli/edit_reader.hpp"

#include <gmock/gmock.h>

#include "cli/sample_station.hpp"
#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> errors(const std::vector<Problem>& problems) {
  std::vector<std::string> all;
  for (const auto& problem : problems) {
    if (problem.severity == Severity::Error) {
      all.push_back(to_text(problem));
    }
  }
  return all;
}

/// The plan "check", "measure gain", "note" before anything has started.
class EditReading : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  void take(const std::string& command, const Words& words) {
    reader_.take(command, Arguments{command, edit_options(command), words});
  }

  void refuses(const std::string& command, const Words& words, const std::string& why) {
    try {
      take(command, words);
      ADD_FAILURE() << command << " was taken";
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(why));
    }
  }

  std::vector<std::string> titles() const {
    std::vector<std::string> all;
    for (const auto& step : reader_.plan().steps) {
      all.push_back(step.title);
    }
    return all;
  }

  SampleStation station_;
  StationFile file_ = load_station_file(station_.folder());
  RunState state_{station_.plan()};
  EditReader reader_{station_.plan(), state_, file_};
};

TEST_F(EditReading, PlacesAreNamedByTitleIndexAndEnd) {
  take("insert", {"--before", "note", "--command", "true", "--title", "a"});
  take("insert", {"--after", "[0]", "--command", "true", "--title", "b"});
  take("insert", {"--at", "front", "--command", "true", "--title", "c"});
  take("insert", {"--at", "end", "--command", "true", "--title", "d"});

  EXPECT_THAT(errors(reader_.problems()), IsEmpty());
  EXPECT_THAT(titles(), ElementsAre("c", "check", "b", "measure gain", "a", "note", "d"));
  EXPECT_THAT(reader_.fresh(), SizeIs(4));
}

TEST_F(EditReading, AStepMovesBeforeAndBehindOthers) {
  take("move", {"note", "front"});
  EXPECT_THAT(titles(), ElementsAre("note", "check", "measure gain"));
  take("move", {"note", "after:measure gain"});
  EXPECT_THAT(titles(), ElementsAre("check", "measure gain", "note"));
  take("move", {"check", "before:note"});
  EXPECT_THAT(titles(), ElementsAre("measure gain", "check", "note"));
  take("move", {"check", "end"});
  EXPECT_THAT(titles(), ElementsAre("measure gain", "note", "check"));
}

TEST_F(EditReading, MovingAStepToWhereItIsSaysWhatItStandsBehind) {
  take("move", {"note", "end"});

  ASSERT_THAT(reader_.edits(), SizeIs(1));
  EXPECT_EQ(reader_.edits()[0].behind, "measure gain");
}

TEST_F(EditReading, NewStepsGetATitleOfTheirOwn) {
  take("insert", {"--at", "end", "--command", "tools/do.sh 1"});
  take("insert", {"--at", "end", "--command", "tools/do.sh 2"});
  take("insert", {"--at", "end", "--like", "note", "attempts=7"});

  EXPECT_THAT(errors(reader_.problems()), IsEmpty());
  EXPECT_THAT(titles(), ElementsAre("check", "measure gain", "note", "do.sh", "do.sh_2", "note_2"));
  EXPECT_EQ(reader_.plan().steps.back().attempts, 7);
  EXPECT_EQ(reader_.plan().steps.back().command, "tools/do.sh note");
}

TEST_F(EditReading, AFileOfSectionsComesInAsAWhole) {
  const auto file = write_text(station_.folder() / "more.ini",
                               "[one]\ncommand = true\n[two]\ncommand = true\nafter = one\n");

  take("insert", {"--before", "note", "--from", file.string()});

  EXPECT_THAT(errors(reader_.problems()), IsEmpty());
  EXPECT_THAT(titles(), ElementsAre("check", "measure gain", "one", "two", "note"));
  EXPECT_THAT(reader_.plan().steps[3].after, ElementsAre("one"));
}

TEST_F(EditReading, ABatchNamesTheLineOfEachMistake) {
  reader_.take_batch(
      "# by phone\n"
      "drop note\n"
      "\n"
      "paint note\n"
      "move nothing end\n"
      "  edit check attempts=3 'timeout=2 h'\n"
      "edit check attempts\n",
      "standard input");

  EXPECT_THAT(errors(reader_.problems()),
              ElementsAre(HasSubstr("standard input:4: 'paint' is none of"),
                          HasSubstr("standard input:5: "),
                          HasSubstr("standard input:7: 'attempts' is not KEY=VALUE")));
  EXPECT_THAT(titles(), ElementsAre("check", "measure gain"));
  EXPECT_EQ(reader_.plan().steps[0].attempts, 3);
  EXPECT_EQ(reader_.plan().steps[0].timeout, std::chrono::hours{2});
}

TEST_F(EditReading, EachEditFindsThePlanOfTheOnesBefore) {
  reader_.take_batch("insert --after check --command true --title x\nmove x end\ndrop note\n", "b");

  EXPECT_THAT(errors(reader_.problems()), IsEmpty());
  EXPECT_THAT(titles(), ElementsAre("check", "measure gain", "x"));
}

TEST_F(EditReading, AChangeIsSentWithWhatTheStepWas) {
  take("edit", {"note", "timeout=5 min", "--unset", "attempts"});

  ASSERT_THAT(reader_.edits(), SizeIs(1));
  const auto& edit = reader_.edits()[0];
  EXPECT_EQ(edit.kind, EditKind::Replace);
  EXPECT_EQ(edit.was, fingerprint(station_.plan().steps[2]));
  EXPECT_EQ(edit.step.value().timeout, std::chrono::minutes{5});
  EXPECT_EQ(edit.step.value().attempts, Step{}.attempts);
}

TEST_F(EditReading, WhatIsWrongWithAStepIsAProblemOfItsOwn) {
  take("insert", {"--at", "end", "--command", "true", "timout=2 h"});
  take("insert", {"--at", "end", "--command", "true", "attempts=2", "Attempts=3"});

  EXPECT_THAT(
      errors(reader_.problems()),
      testing::IsSupersetOf({HasSubstr("'timout'"), HasSubstr("'attempts' is given twice")}));
}

TEST_F(EditReading, WordsThatMakeNoSenseAreRefused) {
  refuses("insert", {"--command", "true"}, "give one of --before, --after, --at");
  refuses("insert", {"--at", "end", "--before", "note", "--command", "true"}, "give one of");
  refuses("insert", {"--at", "middle", "--command", "true"}, "--at is front or end");
  refuses("insert", {"--at", "end"}, "give one of --task, --command, --from, --like");
  refuses("insert", {"--at", "end", "--from", "x.ini", "attempts=2"}, "everything stands in");
  refuses("move", {"nothing", "end"}, "nothing");
  refuses("edit", {"note"}, "KEY=VALUE or --unset KEY");
  refuses("drop", {"note", "nothing"}, "nothing");

  EXPECT_THAT(reader_.edits(), IsEmpty());
}

}  // namespace
}  // namespace fat

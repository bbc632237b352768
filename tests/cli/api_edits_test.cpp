// What a browser asks of the plan and of the people on duty: words of the command line in, what
// would change or has changed out.
#include <fstream>
#include <future>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "cli/api_station.hpp"
#include "cli/command_run.hpp"

namespace fat {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// "check" is done, "measure gain" at work for the second time, "note" has not begun.
class EditingByTheApi : public testing::Test, public ApiStation {
 protected:
  EditingByTheApi() { sample.reach_second_attempt(); }

  using Words = std::vector<std::string>;

  ApiAnswer ask_edits(const json& body) { return post(ApiRoute::Edits, {}, body.dump()); }

  ApiAnswer edits(const std::vector<Words>& commands, bool dry_run = false) {
    return ask_edits({{"commands", commands}, {"dry_run", dry_run}, {"reason", "the\u0007 door"}});
  }

  static json of(const ApiAnswer& answer) { return json::parse(answer.body); }

  std::vector<std::string> titles() {
    std::vector<std::string> all;
    const auto run = get(ApiRoute::Run, {"12"});
    for (const auto& step : run.at("steps")) {
      all.push_back(step.at("title"));
    }
    return all;
  }

  json newest_event() {
    return get(ApiRoute::Events, {"12"}, {{"newest", "1"}, {"limit", "1"}}).at("events").at(0);
  }
};

TEST_F(EditingByTheApi, ADryRunSaysWhatWouldChangeAndChangesNothing) {
  const auto shown = edits({{"edit", "note", "timeout=2 h"}}, true);

  EXPECT_EQ(shown.status, 200) << shown.body;
  EXPECT_THAT(of(shown).at("changes"), ElementsAre("changed  [2] note: timeout: none -> 2 h"));
  EXPECT_EQ(newest_event().at("kind"), "attempt_started");
}

TEST_F(EditingByTheApi, EditsOfOneRequestAreMadeTogetherUnderTheNameOfTheUser) {
  const auto made = edits({{"insert", "--at", "front", "--command", "true", "--title", "look"},
                           {"move", "note", "before:look"}});

  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_THAT(titles(), ElementsAre("check", "measure gain", "note", "look"));
  const auto event = newest_event();
  EXPECT_EQ(event.at("kind"), "plan_edited");
  EXPECT_THAT(event.at("who").get<std::string>(), HasSubstr("anna (web)"));
  EXPECT_THAT(event.at("body").at("reason").get<std::string>(),
              AllOf(HasSubstr("door"), Not(HasSubstr("\u0007"))));
}

TEST_F(EditingByTheApi, TheLastEditIsTakenBack) {
  ASSERT_EQ(edits({Words{"drop", "note"}}).status, 200);
  ASSERT_THAT(titles(), ElementsAre("check", "measure gain"));

  const auto back = ask_edits({{"undo", true}});

  EXPECT_EQ(back.status, 200) << back.body;
  EXPECT_THAT(of(back).at("changes"), ElementsAre(HasSubstr("new      [2] note")));
  EXPECT_THAT(titles(), ElementsAre("check", "measure gain", "note"));
  EXPECT_EQ(ask_edits({{"undo", true}}).status, 409);
}

TEST_F(EditingByTheApi, WhatCannotBeEditedIsRefusedInTheWordsOfTheCommandLine) {
  for (const Words& words : {Words{"drop", "check"},
                             {"edit", "measure gain", "attempts=9"},
                             {"drop", "nothing of that name"},
                             {"edit", "note", "attemts=3"},
                             {"insert", "--at", "front"},
                             {"insert", "--at", "front", "--task", "no_task"}}) {
    const auto refused = edits({words});
    const auto told = run_words(sample.folder(), words).err;
    EXPECT_EQ(refused.status, 409) << refused.body;
    EXPECT_EQ(of(refused).at("accepted"), false);
    const auto text = of(refused).at("text").get<std::string>();
    EXPECT_THAT(told, HasSubstr(text.substr(0, text.find("; nothing was changed"))));
  }
  EXPECT_THAT(titles(), ElementsAre("check", "measure gain", "note"));
}

TEST_F(EditingByTheApi, NoFileOfTheServersIsRead) {
  const auto refused = edits({{"insert", "--at", "front", "--from", "/etc/passwd"}});

  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("--from"), Not(HasSubstr("root:"))));
}

TEST_F(EditingByTheApi, OneEditIsCheckedAtATimeAndTheOthersAreToldToComeBack) {
  const auto begun = sample.folder() / "begun";
  const auto go_on = sample.folder() / "go_on";
  ASSERT_EQ(mkfifo(begun.c_str(), S_IRWXU) + mkfifo(go_on.c_str(), S_IRWXU), 0);
  write_text(sample.folder() / "slow_package.py",
             "open('begun', 'w').close()\nopen('go_on').read()\ndef look(run_file):\n    pass\n");

  auto first = std::async(std::launch::async, [&] {
    return edits({{"insert", "--at", "front", "--task", "look", "--package", "slow_package"}});
  });
  std::ifstream{begun}.get();  // until the import has come that far
  const auto second = edits({Words{"drop", "note"}});
  std::ofstream{go_on}.close();

  EXPECT_EQ(second.status, 503);
  EXPECT_THAT(second.body, HasSubstr("ask again"));
  const auto made = first.get();
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(edits({Words{"drop", "note"}}).status, 200);
}

TEST_F(EditingByTheApi, WhatIsNoEditIsRefused) {
  const std::vector<std::string> bodies{"",
                                        "[]",
                                        "{}",
                                        R"({"commands":)" + std::string(100'000, '['),
                                        R"({"commands":"drop note"})",
                                        R"({"commands":[["drop",7]]})",
                                        R"({"commands":[["drop","note"]],"undo":true})"};
  for (const auto& body : bodies) {
    EXPECT_EQ(post(ApiRoute::Edits, {}, body).status, 400) << body.substr(0, 60);
  }
  EXPECT_EQ(post(ApiRoute::Edits, {}, std::string(300'000, ' ')).status, 413);
  EXPECT_EQ(edits({Words{"shell", "rm"}}).status, 409);
}

TEST_F(EditingByTheApi, AStepSaysItsKeysAsASectionWould) {
  ASSERT_EQ(edits({{"edit", "note", "timeout=2 h"}}).status, 200);

  const auto keys = get(ApiRoute::Step, {"12", "main", "2"}).at("step").at("keys");

  EXPECT_EQ(keys.at(0), json({{"name", "command"}, {"value", "tools/do.sh note"}}));
  EXPECT_EQ(keys.at(1), json({{"name", "timeout"}, {"value", "2 h"}}));
}

TEST_F(EditingByTheApi, TheShiftGoesToAPersonOfTheStationWithAReport) {
  station.people = {{.name = "anna"}, {.name = "otto"}};
  EXPECT_EQ(get(ApiRoute::Station).at("people"), json({"anna", "otto"}));

  const auto unknown = post(ApiRoute::Verbs, {}, R"({"verb":"shift","value":"ottto"})");
  const auto taken =
      post(ApiRoute::Verbs, {}, R"({"verb":"shift","value":"otto","hand_over":true})");

  EXPECT_EQ(unknown.status, 409);
  EXPECT_THAT(of(unknown).at("text").get<std::string>(), HasSubstr("did you mean 'otto'"));
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(get(ApiRoute::Run, {"12"}).at("shift").at("person"), "otto");
  EXPECT_FALSE(newest_event().at("body").at("report").empty());
}

}  // namespace
}  // namespace fat

// The stored form of every kind of event, there and back.
#include "fat/model/event.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fat {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct Stored {
  std::string kind;
  EventBody body;
  std::string text;
};

AttemptKey some_key() {
  return {StepList::SafeState, "laser off", 2};
}

const std::string kKeyText = R"("key":{"list":"safe_state","title":"laser off","attempt":2})";
const std::string kNoKeyText = R"("key":{"list":"main","title":"","attempt":1})";

Measurement some_measurement() {
  return {"DEgg2021-3-133",
          "upper",
          "dark_rate",
          812.25,
          "Hz",
          {.min = 0, .max = 2600, .warn_min = 1, .warn_max = 2000}};
}

Prompt some_prompt() {
  return {7,
          PromptPurpose::Recovery,
          PromptKind::Choice,
          "gain",
          "What now?",
          {"rerun", "skip"},
          "skip",
          minutes{5},
          minutes{1},
          {"carla", "dora"},
          true};
}

/// Events about a run's start, with every field set.
std::vector<Stored> full_opening_events() {
  return {
      {"run_opened",
       RunOpened{
           "s.ini",
           "run_00012.json",
           "MasterFAT_00",
           true,
           {"a", "b"},
           {{"logbook", true, true, "anna", WallTime{minutes{1}}, "page 3", {{"a.png", "ab", 5}}}}},
       R"({"schedule_file":"s.ini","run_file":"run_00012.json","master_key":"MasterFAT_00","virtual_station":true,"imported_done":["a","b"],)"
       R"("checks":[{"check":"logbook","good":true,"by_person":true,"who":"anna","at_us":60000000,"note":"page 3",)"
       R"("attachments":[{"name":"a.png","sha256":"ab","size":5}]}]})"},
      {"scheduler_started",
       SchedulerStarted{StartMode::Resume, "0.1", 42, "fat1", "s_0.ini", true, "b", "c"},
       R"({"mode":"resume","version":"0.1","pid":42,"host":"fat1","archived_schedule":"s_0.ini","batch":true,"from":"b","until":"c"})"},
      {"plan_adopted",
       PlanAdopted{3, "abc", "new bench", {"gain"}, "def", {PlanEdit::move("a", "b")}},
       R"({"version":3,"fingerprint":"abc","accept_drift":"new bench","redo":["gain"],"file_fingerprint":"def",)"
       R"("edits":[{"kind":"move","title":"a","behind":"b"}]})"}};
}

/// Events about attempts, with every field set.
std::vector<Stored> full_attempt_events() {
  return {
      {"attempt_started",
       AttemptStarted{some_key(),
                      4,
                      3,
                      "token",
                      minutes{1},
                      WallTime{seconds{2}},
                      true,
                      StepKind::Wait,
                      {},
                      true,
                      "c",
                      {"m"}},
       "{" + kKeyText +
           R"(,"index":4,"plan_version":3,"token":"token","wait_us":60000000,"wait_until_us":2000000,"verify":true,"kind":"wait","background":true,"code":"c","without":["m"]})"},
      {"attempt_adopted", AttemptAdopted{some_key()}, "{" + kKeyText + "}"},
      {"attempt_reported",
       AttemptReported{some_key(),
                       99,
                       {some_measurement()},
                       {{"m", Verdict::Failed, "dark"}},
                       {{"m", false, "silent"}},
                       {{"warning", "hot"}},
                       {"a.png"},
                       0.5,
                       "half",
                       "PMT 7"},
       "{" + kKeyText +
           R"(,"report_offset":99,"measurements":[{"module":"DEgg2021-3-133","channel":"upper","name":"dark_rate","value":812.25,"unit":"Hz","limits":{"min":0.0,"max":2600.0,"warn_min":1.0,"warn_max":2000.0}}],)"
           R"("verdicts":[{"module":"m","verdict":"failed","reason":"dark"}],"modules":[{"module":"m","responsive":false,"reason":"silent"}],)"
           R"("messages":[{"level":"warning","text":"hot"}],"artifacts":["a.png"],"progress":0.5,"progress_text":"half","checkpoint":"PMT 7"})"},
      {"attempt_ended",
       AttemptEnded{some_key(),
                    Outcome::Skipped,
                    EndCause::Harvested,
                    "because",
                    true,
                    true,
                    3,
                    9,
                    seconds{1},
                    seconds{2},
                    5,
                    6,
                    7},
       "{" + kKeyText +
           R"(,"outcome":"skipped","cause":"harvested","reason":"because","try_later":true,"timed_out":true,"status":3,"signal":9,"ran_us":1000000,"processor_us":2000000,"max_rss_kib":5,"report_offset":6,"survivors":7})"}};
}

Step some_step() {
  Step step;
  step.title = "settle";
  step.kind = StepKind::Wait;
  return step;
}

/// All other events, with every field set.
std::vector<Stored> full_other_events() {
  return {
      {"step_resolved",
       StepResolved{"gain", Outcome::Skipped, "by hand"},
       R"({"title":"gain","outcome":"skipped","reason":"by hand"})"},
      {"step_reopened", StepReopened{"gain", "again"}, R"({"title":"gain","reason":"again"})"},
      {"prompt_opened",
       PromptOpened{some_prompt(), some_key()},
       R"({"prompt":{"id":7,"purpose":"recovery","kind":"choice","step":"gain","text":"What now?","choices":["rerun","skip"],"default_value":"skip","deadline_us":300000000,"remind_every_us":60000000,"escalate_to":["carla","dora"],"reason_required":true},"attempt":{"list":"safe_state","title":"laser off","attempt":2}})"},
      {"prompt_answered",
       PromptAnswered{7, "rerun", "why not", some_key()},
       R"({"id":7,"value":"rerun","reason":"why not","attempt":{"list":"safe_state","title":"laser off","attempt":2}})"},
      {"prompt_withdrawn", PromptWithdrawn{7, "step over"}, R"({"id":7,"reason":"step over"})"},
      {"pause_requested", PauseRequested{"r"}, R"({"reason":"r"})"},
      {"pause_cancelled", PauseCancelled{"r"}, R"({"reason":"r"})"},
      {"paused", Paused{true, "gain", "r"}, R"({"failure":true,"step":"gain","reason":"r"})"},
      {"continued", Continued{"r"}, R"({"reason":"r"})"},
      {"stop_requested", StopRequested{"r", true}, R"({"reason":"r","failure":true})"},
      {"stop_cancelled", StopCancelled{"r"}, R"({"reason":"r"})"},
      {"abort_step_requested",
       AbortStepRequested{"gain", AfterAbort::Retry, "r"},
       R"({"title":"gain","then":"retry","reason":"r"})"},
      {"abort_requested", AbortRequested{"r", true}, R"({"reason":"r","halt":true})"},
      {"break_requested", BreakRequested{"r"}, R"({"reason":"r"})"},
      {"safe_state_started", SafeStateStarted{"r"}, R"({"reason":"r"})"},
      {"safe_state_ended", SafeStateEnded{}, "{}"},
      {"run_ended", RunEnded{RunStatus::Aborted, "r"}, R"({"status":"aborted","reason":"r"})"},
      {"noted", Noted{"info", "t"}, R"({"level":"info","text":"t"})"},
      {"code_seen",
       CodeSeen{{{"/lab/a.py", "ab", 1, 2, 3, 4}},
                {{"lab.a", "cd", {"/lab/a.py"}}},
                {{"/lab", "ef", "clean"}},
                "mended"},
       R"({"files":[{"path":"/lab/a.py","sha256":"ab","size":1,"modified_ns":2,"changed_ns":3,"inode":4}],)"
       R"("units":[{"name":"lab.a","code":"cd","files":["/lab/a.py"]}],)"
       R"("repositories":[{"folder":"/lab","commit":"ef","state":"clean"}],"accept_drift":"mended"})"},
      {"module_quarantined",
       ModuleQuarantined{"m", "silent", AttemptKey{StepList::Main, "gain", 2}},
       R"({"module":"m","reason":"silent","attempt":{"list":"main","title":"gain","attempt":2}})"},
      {"module_released",
       ModuleReleased{"m", "new cable"},
       R"({"module":"m","reason":"new cable"})"},
      {"plan_edited",
       PlanEdited{4, "abc", {PlanEdit::insert(some_step(), "gain"), PlanEdit::drop("old")}, "r", 3},
       R"({"version":4,"fingerprint":"abc","edits":[{"kind":"insert","title":"settle","behind":"gain",)"
       R"("step":{"title":"settle","kind":"wait","on_failure":"pause","recovery":"ask"}},)"
       R"({"kind":"drop","title":"old"}],"reason":"r","undoes":3})"},
      {"control_locked",
       ControlLocked{"in the freezer", minutes{30}, "ben", "he left"},
       R"({"note":"in the freezer","length_us":1800000000,"taken_from":"ben","reason":"he left"})"},
      {"control_unlocked", ControlUnlocked{"r"}, R"({"reason":"r"})"},
      {"signal_read",
       SignalRead{"freezer", -39.5, "degC", WallTime{Microseconds{7}}, "gain"},
       R"({"signal":"freezer","value":-39.5,"unit":"degC","at_us":7,"from":"gain"})"}};
}

/// What people write, and how they are called, with every field set.
std::vector<Stored> full_people_events() {
  return {
      {"logged",
       Logged{"t\nu", {{"a.png", "ab", 5}}, true},
       R"({"text":"t\nu","attachments":[{"name":"a.png","sha256":"ab","size":5}],"new_run":true})"},
      {"shift_taken",
       ShiftTaken{"ben", "anna", true, {"run 12 is running"}},
       R"({"person":"ben","before":"anna","handed_over":true,"report":["run 12 is running"]})"},
      {"acknowledged", Acknowledged{{"3", "c1"}}, R"({"alerts":["3","c1"]})"},
      {"person_called", PersonCalled{"carla", {"3"}}, R"({"person":"carla","alerts":["3"]})"},
      {"prompt_reminded", PromptReminded{3}, R"({"id":3})"},
      {"reply_read",
       ReplyRead{"chat", "1503435956.000247", true, "prompt 3 is answered: yes"},
       R"({"channel":"chat","ts":"1503435956.000247","taken":true,"text":"prompt 3 is answered: yes"})"}};
}

/// Every kind with every field set.
std::vector<Stored> full_events() {
  auto events = full_opening_events();
  for (const auto& more : {full_attempt_events(), full_other_events(), full_people_events()}) {
    events.insert(events.end(), more.begin(), more.end());
  }
  return events;
}

/// Every kind as it is made: nothing set.
std::vector<Stored> bare_events() {
  return {{"run_opened", RunOpened{}, "{}"},
          {"scheduler_started", SchedulerStarted{}, R"({"mode":"run"})"},
          {"plan_adopted", PlanAdopted{}, R"({"version":1})"},
          {"attempt_started",
           AttemptStarted{},
           "{" + kNoKeyText + R"(,"index":0,"plan_version":1,"kind":"command"})"},
          {"attempt_adopted", AttemptAdopted{}, "{" + kNoKeyText + "}"},
          {"attempt_reported", AttemptReported{}, "{" + kNoKeyText + R"(,"report_offset":0})"},
          {"attempt_ended",
           AttemptEnded{},
           "{" + kNoKeyText + R"(,"outcome":"errored","cause":"exited"})"},
          {"step_resolved", StepResolved{}, R"({"title":"","outcome":"done"})"},
          {"step_reopened", StepReopened{}, R"({"title":""})"},
          {"prompt_opened",
           PromptOpened{},
           R"({"prompt":{"id":0,"purpose":"manual_input","kind":"ok"}})"},
          {"prompt_answered", PromptAnswered{}, R"({"id":0,"value":""})"},
          {"prompt_withdrawn", PromptWithdrawn{}, R"({"id":0})"},
          {"pause_requested", PauseRequested{}, "{}"},
          {"pause_cancelled", PauseCancelled{}, "{}"},
          {"paused", Paused{}, "{}"},
          {"continued", Continued{}, "{}"},
          {"stop_requested", StopRequested{}, "{}"},
          {"stop_cancelled", StopCancelled{}, "{}"},
          {"abort_step_requested", AbortStepRequested{}, R"({"title":"","then":"pause"})"},
          {"abort_requested", AbortRequested{}, "{}"},
          {"break_requested", BreakRequested{}, "{}"},
          {"safe_state_started", SafeStateStarted{}, "{}"},
          {"safe_state_ended", SafeStateEnded{}, "{}"},
          {"run_ended", RunEnded{}, R"({"status":"completed"})"},
          {"noted", Noted{}, "{}"},
          {"code_seen", CodeSeen{}, "{}"},
          {"module_quarantined", ModuleQuarantined{}, R"({"module":""})"},
          {"module_released", ModuleReleased{}, R"({"module":""})"},
          {"plan_edited", PlanEdited{}, R"({"version":1})"},
          {"control_locked", ControlLocked{}, R"({"length_us":0})"},
          {"control_unlocked", ControlUnlocked{}, "{}"},
          {"logged", Logged{}, R"({"text":""})"},
          {"shift_taken", ShiftTaken{}, R"({"person":""})"},
          {"acknowledged", Acknowledged{}, R"({"alerts":[]})"},
          {"person_called", PersonCalled{}, R"({"person":"","alerts":[]})"},
          {"prompt_reminded", PromptReminded{}, R"({"id":0})"},
          {"reply_read", ReplyRead{}, R"({"channel":"","ts":""})"},
          {"signal_read", SignalRead{}, R"({"signal":"","value":0.0,"at_us":0})"}};
}

/// Kind and text as they are written, then as they are written after reading.
std::vector<std::string> there_and_back(const Stored& stored) {
  const auto read = event_body_from_json_text(stored.kind, stored.text);
  return {std::string{kind_of(stored.body)},
          to_json_text(stored.body),
          std::string{kind_of(read)},
          to_json_text(read)};
}

void expect_round_trip(const Stored& stored) {
  EXPECT_THAT(there_and_back(stored),
              testing::ElementsAre(stored.kind, stored.text, stored.kind, stored.text));
}

std::string complaint_about(std::string_view kind, std::string_view text) {
  try {
    event_body_from_json_text(kind, text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST(Event, EveryKindWithAllFieldsIsReadBackAsItWasWritten) {
  const auto events = full_events();

  EXPECT_EQ(events.size(), std::variant_size_v<EventBody>);
  for (const auto& event : events) {
    expect_round_trip(event);
  }
}

TEST(Event, EveryKindWithNothingSetIsReadBackAsItWasWritten) {
  const auto events = bare_events();

  EXPECT_EQ(events.size(), std::variant_size_v<EventBody>);
  for (const auto& event : events) {
    expect_round_trip(event);
  }
}

TEST(Event, ReadsNewerFieldsItDoesNotKnowAsIfTheyWereAbsent) {
  const auto body = event_body_from_json_text("noted", R"({"text":"t","colour":["red"]})");

  EXPECT_EQ(std::get<Noted>(body).text, "t");
}

TEST(Event, KeepsAMeasurementThatIsNotANumber) {
  AttemptReported reported;
  reported.measurements = {some_measurement(), some_measurement()};
  reported.measurements[0].value = std::numeric_limits<double>::quiet_NaN();
  reported.measurements[1].value = -std::numeric_limits<double>::infinity();

  const auto read = event_body_from_json_text("attempt_reported", to_json_text(reported));

  const auto& back = std::get<AttemptReported>(read).measurements;
  EXPECT_TRUE(std::isnan(back[0].value));
  EXPECT_EQ(back[1].value, reported.measurements[1].value);
}

TEST(Event, WritesBytesThatAreNotTextAsReplacementCharacters) {
  const std::string text = to_json_text(Noted{"info", "a\xFF\xC3(b"});

  EXPECT_EQ(std::get<Noted>(event_body_from_json_text("noted", text)).text,
            "a\xEF\xBF\xBD\xEF\xBF\xBD(b");
}

TEST(Event, KeepsControlCharactersAndNulOfAText) {
  const std::string odd{"a\0\x1b\n\"\\", 6};

  const auto read = event_body_from_json_text("noted", to_json_text(Noted{"", odd}));

  EXPECT_EQ(std::get<Noted>(read).text, odd);
}

TEST(Event, RefusesAnUnknownKindByName) {
  EXPECT_EQ(complaint_about("exploded", "{}"), "unknown kind of event 'exploded'");
}

TEST(Event, SaysWhichFieldIsOfTheWrongType) {
  EXPECT_EQ(complaint_about("noted", R"({"text":5})"), "event noted: 'text' must be a text");
  EXPECT_EQ(
      complaint_about("attempt_adopted", R"({"key":{"list":"main","title":"a","attempt":"x"}})"),
      "event attempt_adopted: 'key' 'attempt' must be a whole number within its range");
  EXPECT_EQ(complaint_about("run_ended", R"({"status":"exploded"})"),
            "event run_ended: 'status' is not one of the known words");
  EXPECT_EQ(complaint_about("plan_adopted", R"({"version":99999999999})"),
            "event plan_adopted: 'version' must be a whole number within its range");
  EXPECT_EQ(complaint_about("plan_adopted", R"({"version":1.0})"),
            "event plan_adopted: 'version' must be a whole number within its range");
  EXPECT_EQ(complaint_about("plan_adopted", R"({"version":1,"redo":["a",1]})"),
            "event plan_adopted: 'redo' has an element that must be a text");
}

TEST(Event, RefusesABodyWithoutWhatItCannotDoWithout) {
  EXPECT_EQ(complaint_about("attempt_ended", "{}"), "event attempt_ended: 'key' is missing");
}

TEST(Event, RefusesWhatIsNotJsonOrTooDeepWithoutCrashing) {
  const std::string deep = R"({"text":)" + std::string(1'000'000, '[');

  EXPECT_THAT(complaint_about("noted", ""), testing::HasSubstr("not JSON"));
  EXPECT_THAT(complaint_about("noted", "{"), testing::HasSubstr("not JSON"));
  EXPECT_THAT(complaint_about("noted", "[]"), testing::HasSubstr("must be an object"));
  EXPECT_THAT(complaint_about("noted", "{\"text\":\"\xFF\"}"), testing::HasSubstr("not JSON"));
  EXPECT_THAT(complaint_about("noted", deep), testing::HasSubstr("deeper"));

  const auto nested = [](std::size_t depth) {  // in a member that nobody reads
    const auto lists = depth - 1;
    return R"({"text":"","later":)" + std::string(lists, '[') + "1" + std::string(lists, ']') + "}";
  };
  EXPECT_NO_THROW(event_body_from_json_text("noted", nested(16)));
  EXPECT_THAT(complaint_about("noted", nested(17)), testing::HasSubstr("deeper"));
  EXPECT_THAT(complaint_about("noted", R"({"text":"a"} x)"), testing::HasSubstr("not JSON"));
}

}  // namespace fat

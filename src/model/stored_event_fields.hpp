// The stored fields of every event: the names that journals hold. Mirrors fat/model/event.hpp.
#pragma once

#include "fat/model/event.hpp"
#include "model/stored_model.hpp"

namespace fat {

template <>
inline constexpr auto kParseWord<StartMode> = &parse_start_mode;
template <>
inline constexpr auto kParseWord<EndCause> = &parse_end_cause;
template <>
inline constexpr auto kParseWord<AfterAbort> = &parse_after_abort;
template <>
inline constexpr auto kParseWord<Outcome> = &parse_outcome;
template <>
inline constexpr auto kParseWord<Verdict> = &parse_verdict;
template <>
inline constexpr auto kParseWord<RunStatus> = &parse_run_status;
template <>
inline constexpr auto kParseWord<EditKind> = &parse_edit_kind;
template <>
inline constexpr auto kParseWord<PromptKind> = &parse_prompt_kind;
template <>
inline constexpr auto kParseWord<PromptPurpose> = &parse_prompt_purpose;

void describe(auto& fields, std::type_identity<AttemptKey>) {
  fields("list", &AttemptKey::list, Keep::Always);
  fields("title", &AttemptKey::title, Keep::Always);
  fields("attempt", &AttemptKey::attempt, Keep::Always);
}

void describe(auto& fields, std::type_identity<Prompt>) {
  fields("id", &Prompt::id, Keep::Always);
  fields("purpose", &Prompt::purpose, Keep::Always);
  fields("kind", &Prompt::kind, Keep::Always);
  fields("step", &Prompt::step);
  fields("text", &Prompt::text);
  fields("choices", &Prompt::choices);
  fields("default_value", &Prompt::default_value);
  fields("deadline_us", &Prompt::deadline);
  fields("remind_every_us", &Prompt::remind_every);
  fields("escalate_to", &Prompt::escalate_to);
  fields("reason_required", &Prompt::reason_required);
}

void describe(auto& fields, std::type_identity<LogAttachment>) {
  fields("name", &LogAttachment::name, Keep::Always);
  fields("sha256", &LogAttachment::sha256, Keep::Always);
  fields("size", &LogAttachment::size, Keep::Always);
}

void describe(auto& fields, std::type_identity<CheckRecord>) {
  fields("check", &CheckRecord::check, Keep::Always);
  fields("good", &CheckRecord::good);
  fields("by_person", &CheckRecord::by_person);
  fields("who", &CheckRecord::who);
  fields("at_us", &CheckRecord::at, Keep::Always);
  fields("note", &CheckRecord::note);
  fields("attachments", &CheckRecord::attachments);
}

void describe(auto& fields, std::type_identity<RunOpened>) {
  fields("schedule_file", &RunOpened::schedule_file);
  fields("run_file", &RunOpened::run_file);
  fields("master_key", &RunOpened::master_key);
  fields("virtual_station", &RunOpened::virtual_station);
  fields("imported_done", &RunOpened::imported_done);
  fields("checks", &RunOpened::checks);
}

void describe(auto& fields, std::type_identity<OnCall>) {
  fields("shifter", &OnCall::shifter);
  fields("expert", &OnCall::expert);
  fields("since_us", &OnCall::since);
  fields("escalate", &OnCall::escalate);
  fields("escalate_after_us", &OnCall::escalate_after);
}

void describe(auto& fields, std::type_identity<ShiftTaken>) {
  fields("person", &ShiftTaken::person, Keep::Always);
  fields("before", &ShiftTaken::before);
  fields("handed_over", &ShiftTaken::handed_over);
  fields("report", &ShiftTaken::report);
}

void describe(auto& fields, std::type_identity<Acknowledged>) {
  fields("alerts", &Acknowledged::alerts, Keep::Always);
}

void describe(auto& fields, std::type_identity<PersonCalled>) {
  fields("person", &PersonCalled::person, Keep::Always);
  fields("alerts", &PersonCalled::alerts, Keep::Always);
}

void describe(auto& fields, std::type_identity<ReplyRead>) {
  fields("channel", &ReplyRead::channel, Keep::Always);
  fields("ts", &ReplyRead::ts, Keep::Always);
  fields("taken", &ReplyRead::taken);
  fields("text", &ReplyRead::text);
}

void describe(auto& fields, std::type_identity<PromptReminded>) {
  fields("id", &PromptReminded::id, Keep::Always);
}

void describe(auto& fields, std::type_identity<SchedulerStarted>) {
  fields("mode", &SchedulerStarted::mode, Keep::Always);
  fields("version", &SchedulerStarted::version);
  fields("pid", &SchedulerStarted::pid);
  fields("host", &SchedulerStarted::host);
  fields("archived_schedule", &SchedulerStarted::archived_schedule);
  fields("batch", &SchedulerStarted::batch);
  fields("from", &SchedulerStarted::from);
  fields("until", &SchedulerStarted::until);
  fields("on_call", &SchedulerStarted::on_call);
}

void describe(auto& fields, std::type_identity<PlanAdopted>) {
  fields("version", &PlanAdopted::version, Keep::Always);
  fields("fingerprint", &PlanAdopted::fingerprint);
  fields("accept_drift", &PlanAdopted::accept_drift);
  fields("redo", &PlanAdopted::redo);
  fields("file_fingerprint", &PlanAdopted::file_fingerprint);
  fields("edits", &PlanAdopted::edits);
}

void describe(auto& fields, std::type_identity<PlanEdit>) {
  fields("kind", &PlanEdit::kind, Keep::Always);
  fields("title", &PlanEdit::title, Keep::Always);
  fields("behind", &PlanEdit::behind);
  fields("step", &PlanEdit::step);
  fields("was", &PlanEdit::was);
}

void describe(auto& fields, std::type_identity<PlanEdited>) {
  fields("version", &PlanEdited::version, Keep::Always);
  fields("fingerprint", &PlanEdited::fingerprint);
  fields("edits", &PlanEdited::edits);
  fields("reason", &PlanEdited::reason);
  fields("undoes", &PlanEdited::undoes);
}

void describe(auto& fields, std::type_identity<ControlLocked>) {
  fields("note", &ControlLocked::note);
  fields("length_us", &ControlLocked::length, Keep::Always);
  fields("taken_from", &ControlLocked::taken_from);
  fields("reason", &ControlLocked::reason);
}

void describe(auto& fields, std::type_identity<ControlUnlocked>) {
  fields("reason", &ControlUnlocked::reason);
}

void describe(auto& fields, std::type_identity<AttemptStarted>) {
  fields("key", &AttemptStarted::key, Keep::Always);
  fields("index", &AttemptStarted::index, Keep::Always);
  fields("plan_version", &AttemptStarted::plan_version, Keep::Always);
  fields("token", &AttemptStarted::token);
  fields("wait_us", &AttemptStarted::wait);
  fields("wait_until_us", &AttemptStarted::wait_until);
  fields("verify", &AttemptStarted::verify);
  fields("kind", &AttemptStarted::kind);
  fields("needs", &AttemptStarted::needs);
  fields("background", &AttemptStarted::background);
  fields("code", &AttemptStarted::code);
  fields("without", &AttemptStarted::without);
  fields("last", &AttemptStarted::last);
  fields("valid_when", &AttemptStarted::valid_when);
}

void describe(auto& fields, std::type_identity<AttemptAdopted>) {
  fields("key", &AttemptAdopted::key, Keep::Always);
}

void describe(auto& fields, std::type_identity<AttemptReported::ModuleVerdict>) {
  fields("module", &AttemptReported::ModuleVerdict::module, Keep::Always);
  fields("verdict", &AttemptReported::ModuleVerdict::verdict, Keep::Always);
  fields("reason", &AttemptReported::ModuleVerdict::reason);
}

void describe(auto& fields, std::type_identity<AttemptReported::ModuleState>) {
  fields("module", &AttemptReported::ModuleState::module, Keep::Always);
  fields("responsive", &AttemptReported::ModuleState::responsive, Keep::Always);
  fields("reason", &AttemptReported::ModuleState::reason);
}

void describe(auto& fields, std::type_identity<AttemptReported::Said>) {
  fields("level", &AttemptReported::Said::level);
  fields("text", &AttemptReported::Said::text);
}

void describe(auto& fields, std::type_identity<AttemptReported>) {
  fields("key", &AttemptReported::key, Keep::Always);
  fields("report_offset", &AttemptReported::report_offset, Keep::Always);
  fields("measurements", &AttemptReported::measurements);
  fields("verdicts", &AttemptReported::verdicts);
  fields("modules", &AttemptReported::modules);
  fields("messages", &AttemptReported::messages);
  fields("artifacts", &AttemptReported::artifacts);
  fields("progress", &AttemptReported::progress);
  fields("progress_text", &AttemptReported::progress_text);
  fields("checkpoint", &AttemptReported::checkpoint);
}

void describe(auto& fields, std::type_identity<AttemptEnded>) {
  fields("key", &AttemptEnded::key, Keep::Always);
  fields("outcome", &AttemptEnded::outcome, Keep::Always);
  fields("cause", &AttemptEnded::cause, Keep::Always);
  fields("reason", &AttemptEnded::reason);
  fields("try_later", &AttemptEnded::try_later);
  fields("timed_out", &AttemptEnded::timed_out);
  fields("status", &AttemptEnded::status);
  fields("signal", &AttemptEnded::signal);
  fields("ran_us", &AttemptEnded::ran);
  fields("processor_us", &AttemptEnded::processor);
  fields("max_rss_kib", &AttemptEnded::max_rss_kib);
  fields("report_offset", &AttemptEnded::report_offset);
  fields("survivors", &AttemptEnded::survivors);
}

void describe(auto& fields, std::type_identity<StepResolved>) {
  fields("title", &StepResolved::title, Keep::Always);
  fields("outcome", &StepResolved::outcome, Keep::Always);
  fields("reason", &StepResolved::reason);
}

void describe(auto& fields, std::type_identity<StepReopened>) {
  fields("title", &StepReopened::title, Keep::Always);
  fields("reason", &StepReopened::reason);
}

void describe(auto& fields, std::type_identity<PromptOpened>) {
  fields("prompt", &PromptOpened::prompt, Keep::Always);
  fields("attempt", &PromptOpened::attempt);
}

void describe(auto& fields, std::type_identity<PromptAnswered>) {
  fields("id", &PromptAnswered::id, Keep::Always);
  fields("value", &PromptAnswered::value, Keep::Always);
  fields("reason", &PromptAnswered::reason);
  fields("attempt", &PromptAnswered::attempt);
}

void describe(auto& fields, std::type_identity<PromptWithdrawn>) {
  fields("id", &PromptWithdrawn::id, Keep::Always);
  fields("reason", &PromptWithdrawn::reason);
}

void describe(auto& fields, std::type_identity<PauseRequested>) {
  fields("reason", &PauseRequested::reason);
}

void describe(auto& fields, std::type_identity<PauseCancelled>) {
  fields("reason", &PauseCancelled::reason);
}

void describe(auto& fields, std::type_identity<Paused>) {
  fields("failure", &Paused::failure);
  fields("step", &Paused::step);
  fields("reason", &Paused::reason);
}

void describe(auto& fields, std::type_identity<Continued>) {
  fields("reason", &Continued::reason);
}

void describe(auto& fields, std::type_identity<StopRequested>) {
  fields("reason", &StopRequested::reason);
  fields("failure", &StopRequested::failure);
}

void describe(auto& fields, std::type_identity<StopCancelled>) {
  fields("reason", &StopCancelled::reason);
}

void describe(auto& fields, std::type_identity<AbortStepRequested>) {
  fields("title", &AbortStepRequested::title, Keep::Always);
  fields("then", &AbortStepRequested::then, Keep::Always);
  fields("reason", &AbortStepRequested::reason);
}

void describe(auto& fields, std::type_identity<AbortRequested>) {
  fields("reason", &AbortRequested::reason);
  fields("halt", &AbortRequested::halt);
}

void describe(auto& fields, std::type_identity<BreakRequested>) {
  fields("reason", &BreakRequested::reason);
}

void describe(auto& fields, std::type_identity<SafeStateStarted>) {
  fields("reason", &SafeStateStarted::reason);
}

void describe(auto&, std::type_identity<SafeStateEnded>) {}

void describe(auto& fields, std::type_identity<RunEnded>) {
  fields("status", &RunEnded::status, Keep::Always);
  fields("reason", &RunEnded::reason);
}

void describe(auto& fields, std::type_identity<Noted>) {
  fields("level", &Noted::level);
  fields("text", &Noted::text);
}

void describe(auto& fields, std::type_identity<CodeFile>) {
  fields("path", &CodeFile::path, Keep::Always);
  fields("sha256", &CodeFile::sha256);
  fields("size", &CodeFile::size);
  fields("modified_ns", &CodeFile::modified_ns);
  fields("changed_ns", &CodeFile::changed_ns);
  fields("inode", &CodeFile::inode);
}

void describe(auto& fields, std::type_identity<CodeUnit>) {
  fields("name", &CodeUnit::name, Keep::Always);
  fields("code", &CodeUnit::code, Keep::Always);
  fields("files", &CodeUnit::files);
}

void describe(auto& fields, std::type_identity<CodeRepository>) {
  fields("folder", &CodeRepository::folder, Keep::Always);
  fields("commit", &CodeRepository::commit);
  fields("state", &CodeRepository::state);
}

void describe(auto& fields, std::type_identity<CodeSeen>) {
  fields("files", &CodeSeen::files);
  fields("units", &CodeSeen::units);
  fields("repositories", &CodeSeen::repositories);
  fields("accept_drift", &CodeSeen::accept_drift);
}

void describe(auto& fields, std::type_identity<ModuleQuarantined>) {
  fields("module", &ModuleQuarantined::module, Keep::Always);
  fields("reason", &ModuleQuarantined::reason);
  fields("attempt", &ModuleQuarantined::attempt);
}

void describe(auto& fields, std::type_identity<ModuleReleased>) {
  fields("module", &ModuleReleased::module, Keep::Always);
  fields("reason", &ModuleReleased::reason);
}

void describe(auto& fields, std::type_identity<SignalRead>) {
  fields("signal", &SignalRead::signal, Keep::Always);
  fields("value", &SignalRead::value, Keep::Always);
  fields("unit", &SignalRead::unit);
  fields("at_us", &SignalRead::at, Keep::Always);
  fields("from", &SignalRead::from);
}

void describe(auto& fields, std::type_identity<Logged>) {
  fields("text", &Logged::text, Keep::Always);
  fields("attachments", &Logged::attachments);
  fields("new_run", &Logged::new_run);
}

}  // namespace fat

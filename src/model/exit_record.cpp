// Texts of exit.json and start.json -> records, and what an exit means.
#include "fat/model/exit_record.hpp"

#include <csignal>
#include <cstring>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "model/stored_fields.hpp"
#include "model/words.hpp"

namespace fat {

template <>
inline constexpr auto kParseWord<EndedBy> = &parse_ended_by;

void describe(auto& fields, std::type_identity<ExitRecord>) {
  fields("token", &ExitRecord::token, Keep::Always);
  fields("status", &ExitRecord::status, Keep::Always);
  fields("signal", &ExitRecord::signal, Keep::Always);
  fields("ended_by", &ExitRecord::ended_by, Keep::Always);
  fields("start_error", &ExitRecord::start_error, Keep::Always);
  fields("started_us", &ExitRecord::started, Keep::Always);
  fields("ended_us", &ExitRecord::ended, Keep::Always);
  fields("ran_us", &ExitRecord::ran, Keep::Always);
  fields("user_us", &ExitRecord::user, Keep::Always);
  fields("system_us", &ExitRecord::system, Keep::Always);
  fields("max_rss_kib", &ExitRecord::max_rss_kib, Keep::Always);
  fields("report_bytes", &ExitRecord::report_bytes, Keep::Always);
  fields("report_dropped", &ExitRecord::report_dropped, Keep::Always);
  fields("output_bytes", &ExitRecord::output_bytes, Keep::Always);
  fields("survivors", &ExitRecord::survivors, Keep::Always);
}

void describe(auto& fields, std::type_identity<ProcessId>) {
  fields("pid", &ProcessId::pid, Keep::Always);
  fields("start_time", &ProcessId::start_time, Keep::Always);
}

void describe(auto& fields, std::type_identity<StartRecord>) {
  fields("token", &StartRecord::token, Keep::Always);
  fields("boot_id", &StartRecord::boot_id, Keep::Always);
  fields("shim", &StartRecord::shim, Keep::Always);
  fields("command", &StartRecord::command, Keep::Always);
}

namespace {

constexpr JsonLimits kRecordLimits{.max_bytes = 65'536, .max_depth = 8};
constexpr int kTryLater = 75, kSkipped = 77;

bool is_possible(const ExitRecord& record) {
  const bool ended = record.status.has_value() != record.signal.has_value();
  const bool never_began = !record.status && !record.signal && !record.start_error.empty();
  const bool known_status = !record.status || (*record.status >= 0 && *record.status <= 255);
  const bool known_signal = !record.signal || (*record.signal >= 1 && *record.signal <= 128);
  return (ended || never_began) && known_status && known_signal && record.ran >= Microseconds{0} &&
         record.user >= Microseconds{0} && record.system >= Microseconds{0} &&
         record.max_rss_kib >= 0 && record.survivors >= 0;
}

template <class Record>
std::optional<Record> parse_record(std::string_view text) {
  return decode_stored<Record>(text, kRecordLimits);
}

std::string signal_text(int signal) {
  const char* const name = sigdescr_np(signal);
  return name == nullptr ? fmt::format("killed by signal {}", signal)
                         : fmt::format("killed by signal {} ({})", signal, name);
}

Ending errored(std::string reason) {
  return {Outcome::Errored, false, false, std::move(reason)};
}

Ending timed_out(std::string reason) {
  return {Outcome::Errored, false, true, std::move(reason)};
}

Ending judge_own_end(const ExitRecord& record) {
  if (record.signal) {
    return errored(signal_text(*record.signal));
  }
  const int status = record.status.value_or(-1);
  switch (status) {
    case 0:
      return {Outcome::Done, false, false, ""};
    case kTryLater:
      return {Outcome::Errored, true, false, "asks to be tried again later (exit status 75)"};
    case kSkipped:
      return {Outcome::Skipped, false, false, "skipped itself (exit status 77)"};
    case -1:
      return errored("no exit status");
    default:
      return errored(fmt::format("exit status {}", status));
  }
}

}  // namespace

std::string_view to_string(EndedBy ended_by) {
  switch (ended_by) {
    case EndedBy::Itself:
      return "itself";
    case EndedBy::Timeout:
      return "timeout";
    case EndedBy::Silence:
      return "silence";
    case EndedBy::Abort:
      return "abort";
    case EndedBy::Halt:
      return "halt";
  }
  return kNoSuchWord;
}

std::optional<EndedBy> parse_ended_by(std::string_view text) {
  return parse_word(text, EndedBy::Halt);
}

std::optional<ExitRecord> parse_exit_record(std::string_view text) {
  auto record = parse_record<ExitRecord>(text);
  return record && is_possible(*record) ? record : std::nullopt;
}

std::optional<StartRecord> parse_start_record(std::string_view text) {
  auto record = parse_record<StartRecord>(text);
  const bool possible = record && record->shim.pid > 0 && record->command.pid > 0;
  return possible ? record : std::nullopt;
}

Ending judge(const ExitRecord& record) {
  if (record.ended_by == EndedBy::Abort) {
    return {Outcome::Aborted, false, false, "aborted"};
  }
  if (record.ended_by == EndedBy::Halt) {
    return {Outcome::Aborted, false, false, "halted"};
  }
  if (!record.start_error.empty()) {
    return errored("could not be started: " + record.start_error);
  }
  if (record.ended_by == EndedBy::Timeout) {
    return timed_out("timed out after " + to_text(record.ran));
  }
  if (record.ended_by == EndedBy::Silence) {
    return timed_out("silent for too long, ended after " + to_text(record.ran));
  }
  return judge_own_end(record);
}

}  // namespace fat

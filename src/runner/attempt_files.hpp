// The files of an attempt folder (DESIGN 5) -> records; answers -> the file the shim passes on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "fat/model/exit_record.hpp"

namespace fat {

/// exit.json of the attempt with this token; nullopt when there is none, it is torn, or it is
/// another attempt's. Does not look at the report: `is_report_complete` does.
std::optional<ExitRecord> read_exit(const std::filesystem::path& folder, std::string_view token);

/// start.json, by the same rules.
std::optional<StartRecord> read_start(const std::filesystem::path& folder, std::string_view token);

/// False when report.jsonl is shorter than the exit record says: a power cut took its end.
bool is_report_complete(const std::filesystem::path& folder, const ExitRecord& record);

/// Appends one line (without its end) to answers.jsonl. The shim looks when it is told to: follow
/// with StepProcess::signal(ShimSignal::ReadAnswers). Throws std::system_error.
void append_answer(const std::filesystem::path& folder, std::string_view line);

/// Who holds the attempt's lock. Missing: there is no lock file.
enum class LockState { Missing, Free, Held };

/// Throws std::system_error when that cannot be found out: unknown is not free.
LockState probe_lock(const std::filesystem::path& folder);

}  // namespace fat

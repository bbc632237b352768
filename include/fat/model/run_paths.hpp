// Where the files of a run live, from the run JSON's path (DESIGN 5).
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "fat/model/event.hpp"

namespace fat {

/// NNNNN of ".../run_NNNNN.json"; nullopt when the name is not of that form.
std::optional<int> run_number_of(const std::filesystem::path& run_file);

/// "run_00012".
std::string run_name(int run);

/// <dirname(run_file)>/../run_NNNNN, lexically normal: module JSONs, archived schedules, steps/,
/// the log.
std::filesystem::path run_folder(const std::filesystem::path& run_file);

/// RUN_FOLDER/steps/0003_measure_gain_0/attempt_1; safe state and on_resume steps in
/// steps/safe_state_0000_.../, backups in steps/backup/. Characters of the title that are not plain
/// are replaced, long titles cut.
std::filesystem::path attempt_folder(const std::filesystem::path& run_folder,
                                     const AttemptKey& key,
                                     int index);

/// As people write it in a run JSON or a schedule: relative to the station's folder where that
/// needs no "..".
std::string as_written(const std::filesystem::path& file,
                       const std::filesystem::path& station_folder);

}  // namespace fat

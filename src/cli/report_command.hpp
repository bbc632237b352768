// A run -> its report: a page, data, tables.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/command.hpp"
#include "fat/model/station.hpp"
#include "fat/people/run_report.hpp"

namespace fat {

/// Pictures of attempts whose steps lie in that run's folder.
ArtifactReader artifacts_of(const std::filesystem::path& run_file);

/// Writes the page into the run's folder, as at the end of every run. Returns its name. Throws
/// std::system_error.
std::filesystem::path write_report_page(const Station& station,
                                        const RunSummary& summary,
                                        const std::vector<StoredEvent>& events);

Command report_command();

}  // namespace fat

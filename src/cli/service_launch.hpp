// [service NAME] and the environment of this process -> what its process is started with, and
// where it leaves its traces.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "fat/model/service_entry.hpp"
#include "fat/model/service_state.hpp"
#include "fat/model/station.hpp"
#include "fat/runner/service_processes.hpp"
#include "fat/store/services_file.hpp"

namespace fat {

/// The virtual bench has its own.
ServiceFiles service_files(const Station& station, bool virtual_bench);

/// The folder, for the station's group or the user alone. What cannot be made is said when a
/// service is started.
void make_service_folder(const ServiceFiles& files, bool for_group);

/// Of each service by name: no secret but what its own `environment` passes on. Call it before
/// this process forgets its secrets.
std::map<std::string, std::vector<std::string>> service_environments(const Station& station);

/// "[service web] passes on DAQ_TOKEN, which is not set here", of each that is so.
std::vector<std::string> missing_variables(const Station& station);

ServiceLaunch service_launch(const ServiceFiles& files,
                             const ServiceEntry& entry,
                             const ServiceMemory& memory,
                             const std::vector<std::string>& environment);

ServiceAttempt service_attempt(const ServiceFiles& files,
                               const std::string& name,
                               const ServiceMemory& memory);

/// FOLDER/NAME/NAME; the shim adds the date.
std::filesystem::path service_log(const ServiceFiles& files, const std::string& name);

/// The newest file of its log, empty when there is none.
std::filesystem::path newest_log(const ServiceFiles& files, const std::string& name);

/// For a memory that is lost, damaged, or older than it should be: the newest start of each service
/// whose folder is there, as one that may live.
std::vector<ServiceState> services_found(const ServiceFiles& files, const Instant& now);

}  // namespace fat

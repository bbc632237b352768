// The newest state of a station's services -> whether a run that needs some may go on, and lines
// for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/bench_files.hpp"
#include "cli/service_launch.hpp"

namespace fat {

/// The state as it is now; nullopt when nobody supervises any more.
std::optional<ServicesState> living_services_state(const Station& station,
                                                   const BenchFiles& files,
                                                   bool virtual_bench,
                                                   const Instant& now);

/// Why no step may begin: each service that `needs` means and that does not run, and what to do.
/// `living` as above. "" when all run.
std::string service_objection(const std::vector<std::string>& needs,
                              const std::optional<ServicesState>& living);

/// For `fatmaster status`: services that are not as they are wanted, and that nobody supervises
/// them when that is so. "" when all is well, and without services.
std::string service_lines(const Station& station,
                          const BenchFiles& files,
                          bool virtual_bench,
                          const Instant& now);

}  // namespace fat

// Requests that the web server has let through -> answers from the journal, the run's folder and
// the control socket. src/web/API.md says what each looks like.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "cli/loaded_runs.hpp"
#include "cli/station_follower.hpp"
#include "fat/ports/clock.hpp"
#include "fat/web/api.hpp"

namespace fat {

/// What the routes work on. All outlives them.
struct ApiWiring {
  const Station& station;
  LoadedRuns& runs;
  const StationFollower& follower;
  const Clock& clock;
  std::filesystem::path readings;  ///< of the station's own process; may be absent
  std::string by;                  ///< who acts where no user is named
  bool is_virtual = false;         ///< the station was started as one
};

class StationApi final : public ApiSource {
 public:
  explicit StationApi(ApiWiring wiring) : wiring_(std::move(wiring)) {}

  ApiAnswer answer(const ApiRequest& request) override;
  StreamEvent hello(std::optional<std::uint64_t> after) override;
  std::optional<std::vector<StreamEvent>> missed(std::uint64_t after) override;

 private:
  ApiAnswer route(const ApiRequest& request);
  ApiAnswer record(const ApiRequest& request);
  ApiAnswer one_at_a_time(const ApiRequest& request);
  std::string station() const;
  std::string runs();
  std::string run(const ApiRequest& request);

  enum class Which { Newest, Older };

  std::string line_of(int number, Which which);

  struct Kept {
    std::int64_t event = 0;  ///< the newest that it tells of
    std::string body;
  };

  ApiWiring wiring_;
  std::mutex mutex_;
  std::map<int, Kept> lines_;  ///< of the list of runs; guarded by mutex_
  std::mutex records_;         ///< reports and rehearsals of long runs: one at a time
  std::mutex edits_;           ///< held while one is checked and made
  std::mutex settings_;        ///< held until the instrument has confirmed it
};

// The routes of one kind each.

/// Step, Output, Artifact: api_steps.cpp.
ApiAnswer answer_step(const ApiWiring& wiring, const ApiRequest& request);
ApiAnswer answer_output(const ApiWiring& wiring, const ApiRequest& request);
ApiAnswer answer_artifact(const ApiWiring& wiring, const ApiRequest& request);

/// Measurements, Readings: api_values.cpp.
ApiAnswer answer_measurements(const ApiWiring& wiring, const ApiRequest& request);
ApiAnswer answer_readings(const ApiWiring& wiring, const ApiRequest& request);

/// Verbs, Logbook, WriteLogbook: api_people.cpp.
ApiAnswer answer_verb(const ApiWiring& wiring, const ApiRequest& request);
ApiAnswer answer_logbook(const ApiWiring& wiring, const ApiRequest& request);
ApiAnswer write_logbook(const ApiWiring& wiring, const ApiRequest& request);
/// "anna (web)".
std::string person_behind(const ApiWiring& wiring, const ApiRequest& request);

/// Edits: api_edits.cpp.
ApiAnswer answer_edits(const ApiWiring& wiring, const ApiRequest& request);

/// Report, ReportPage, Rehearsal: api_records.cpp.
ApiAnswer answer_report(const ApiWiring& wiring, const ApiRequest& request);
ApiAnswer answer_report_page(const ApiWiring& wiring, const ApiRequest& request);
ApiAnswer answer_rehearsal(const ApiWiring& wiring, const ApiRequest& request);

/// Bench, SetChannel, TellInterlock: api_bench.cpp.
ApiAnswer answer_bench(const ApiWiring& wiring);
/// The same as text: JSON.
std::string bench_json(const Station& station, bool is_virtual, const Instant& now);
ApiAnswer set_channel(const ApiWiring& wiring, const ApiRequest& request);
ApiAnswer tell_interlock(const ApiWiring& wiring, const ApiRequest& request);

/// Metrics: api_metrics.cpp.
ApiAnswer answer_metrics(const ApiWiring& wiring);

}  // namespace fat

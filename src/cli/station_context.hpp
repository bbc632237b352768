// An invocation -> the station it works on, its journal, and the runs in it.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "cli/command.hpp"
#include "fat/engine/run_campaign.hpp"
#include "fat/plan/station_file.hpp"
#include "fat/store/sqlite_journal.hpp"

namespace fat {

/// Reads station.ini (its warnings stand with those of a plan) and sets TZ of this process to the
/// station's zone. Throws FileError when it is wrong, CommandError when the folder does not exist.
StationFile open_station(const Invocation& invocation);

std::filesystem::path journal_file(const Station& station);

/// Throws CommandError in words when there is no journal yet.
std::unique_ptr<SqliteJournal> open_journal_to_read(const Station& station);

/// Who acts at the station, as the newest `fatmaster shift` says: name and since when; nullopt when
/// nobody has ever started one.
std::optional<std::pair<std::string, WallTime>> person_on_shift(const Station& station);

/// "anna at /dev/pts/3": --as, else who is on shift, else the login name; and where.
std::string acting_person(const Invocation& invocation, const Station& station);

/// As station.ini and the newest `fatmaster shift` say.
OnCall on_call(const Station& station);

/// A run as the journal knows it.
struct KnownRun {
  int run = 0;
  std::unique_ptr<RunCampaign> campaign;  ///< with the newest plan stored, all events applied
  std::vector<StoredEvent> events;
};

/// Run numbers in a journal, newest start last; the run named by `text` ("12", "run_00012", a run
/// JSON's path), or the newest one when `text` is empty. Throws CommandError when there is no such
/// run.
int choose_run(const Journal& journal, const std::string& text);

/// The run that one of these engines drove last; nullopt when all died before they opened one.
std::optional<int> run_of_engines(const Journal& journal, const std::vector<int>& engines);

/// What the journal knows about earlier attempts of a step. `journal` must outlive it.
Past past_of(const Journal& journal);
/// The same of a station whose journal is opened for it; nothing is known when there is none.
Past past_of(const Station& station);

/// The version of the plan behind these events of one run; 0 when there is none.
int newest_plan_version(const std::vector<StoredEvent>& events);

/// `journal` must outlive what is returned.
KnownRun load_run(const Journal& journal, int run);

/// Somebody asked to give up what takes long.
class GivenUp : public std::runtime_error {
 public:
  GivenUp() : std::runtime_error("given up: the program is about to end") {}
};

/// For who has read its events already. Throws GivenUp when `stop` asks for it meanwhile.
KnownRun load_run(const Journal& journal,
                  int run,
                  std::vector<StoredEvent> events,
                  const std::stop_token& stop = {});

}  // namespace fat

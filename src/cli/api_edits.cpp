// The route by which people edit the plan of the newest run: words as on the command line in, what
// would change or has changed out.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/api_answer.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_change.hpp"
#include "cli/station_api.hpp"
#include "cli/talk_to_run.hpp"
#include "fat/devices/device_catalog.hpp"
#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

using EditJson = nlohmann::ordered_json;

constexpr std::size_t kLongestEditBody = std::size_t{256} * 1024;
constexpr std::size_t kMostCommands = 500;
constexpr std::size_t kLongestProblem = 1000;
constexpr int kDeepestEditBody = 4;
constexpr const char* kExpectedEdits =
    R"(expected {"commands": [["move","STEP","front"], ["edit","STEP","timeout=2 h"], ...]} as on the command line, or {"undo": true})";

/// What somebody wants.
struct EditWish {
  std::vector<std::vector<std::string>> commands;
  bool undo = false;
  bool dry_run = false;
  std::string reason;
};

/// Whoever asks is told: status, sentence, lines.
ApiAnswer edit_answer(int status,
                      const std::string& text,
                      const std::vector<std::string>& changes = {},
                      const std::vector<std::string>& notes = {}) {
  const EditJson json{
      {"accepted", status == 200}, {"text", text}, {"changes", changes}, {"notes", notes}};
  return json_answer(json.dump(-1, ' ', false, EditJson::error_handler_t::replace), status);
}

/// Throws nlohmann::json::exception for members of another type.
EditWish wish_in(const nlohmann::json& json) {
  EditWish wish;
  wish.commands = json.value("commands", wish.commands);
  wish.undo = json.value("undo", false);
  wish.dry_run = json.value("dry_run", false);
  wish.reason = json.value("reason", std::string{});
  return wish;
}

/// Throws ApiRefused.
EditWish wish_of(const ApiRequest& request) {
  if (request.body.size() > kLongestEditBody) {
    throw ApiRefused{413, "that is longer than any edit"};
  }
  bool deep = false;
  const auto shallow = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    deep = deep || depth > kDeepestEditBody;
    return !deep;
  };
  const auto json = nlohmann::json::parse(request.body, shallow, false);
  if (deep || !json.is_object()) {
    throw ApiRefused{400, kExpectedEdits};
  }
  try {
    auto wish = wish_in(json);
    if (wish.undo != wish.commands.empty() || wish.commands.size() > kMostCommands) {
      throw ApiRefused{400, kExpectedEdits};
    }
    return wish;
  } catch (const nlohmann::json::exception&) {
    throw ApiRefused{400, kExpectedEdits};
  }
}

/// One command of a wish. Throws UsageError.
void take_words(EditReader& reader, std::vector<std::string> words) {
  const auto command = words.empty() ? std::string{} : words.front();
  if (command != "insert" && command != "move" && command != "drop" && command != "edit") {
    throw UsageError{fmt::format("'{}' is none of insert, move, drop, edit",
                                 plain_text(command, kLongestProblem))};
  }
  words.erase(words.begin());
  const Arguments arguments{command, edit_options(command), words};
  if (arguments.has("from")) {
    throw UsageError{
        "--from names a file of whoever sits at the command line; give --task, --command or "
        "--like"};
  }
  reader.take(command, arguments);
}

std::vector<std::string> texts_of(const std::vector<Problem>& problems) {
  std::vector<std::string> texts;
  std::ranges::transform(problems, std::back_inserter(texts), [](const Problem& problem) {
    return plain_text(to_text(problem), kLongestProblem);
  });
  return texts;
}

/// The newest run of the station as the journal tells it, and what an edit makes of it.
class EditDesk {
 public:
  EditDesk(const ApiWiring& wiring, const ApiRequest& request, EditWish wish)
      : wiring_(wiring), wish_(std::move(wish)), journal_(open_journal_to_read(wiring.station)) {
    const auto number = wiring.runs.named("newest")->number();
    run_ = load_run(*journal_, number, journal_->events(number), wiring.runs.stop());
    verb_.kind = VerbKind::Edit;
    verb_.who = person_behind(wiring, request);
    verb_.reason = plain_text(wish_.reason, kLongestProblem);
  }

  ApiAnswer answer() {
    return wish_.undo ? carried_out(take_back_newest(verb_, run_, *journal_), {}) : edited();
  }

 private:
  ApiAnswer edited();
  ApiAnswer carried_out(PlanChange change, const std::vector<std::string>& notes) const;

  const ApiWiring& wiring_;
  EditWish wish_;
  std::unique_ptr<SqliteJournal> journal_;
  KnownRun run_;
  Verb verb_;
};

ApiAnswer EditDesk::edited() {
  const auto file = load_station_file(wiring_.station.folder, device_catalog());
  if (has_errors(file.problems)) {
    return edit_answer(
        409, "station.ini is wrong; nothing was changed", {}, texts_of(file.problems));
  }
  EditReader reader{run_.campaign->plan(), run_.campaign->state(), file};
  for (const auto& words : wish_.commands) {
    take_words(reader, words);
  }
  const auto problems =
      problems_of_edits(reader, run_.campaign->plan(), wiring_.station, ImportCheck{});
  auto notes = texts_of(problems);
  if (has_errors(problems)) {
    return edit_answer(
        409, fmt::format("{}; nothing was changed", fmt::join(notes, "\n")), {}, notes);
  }
  verb_.edits = reader.edits();
  return carried_out({.verb = verb_, .after = reader.plan()}, notes);
}

ApiAnswer EditDesk::carried_out(PlanChange change, const std::vector<std::string>& notes) const {
  auto lines = differences(run_.campaign->plan(), change.after);
  for (auto& line : lines) {
    line = plain_text(line, kLongestProblem);
  }
  if (wish_.dry_run) {
    const auto reply = try_out(run_, std::move(change.verb), wiring_.clock.now());
    const auto* const text = lines.empty() ? "nothing would change" : "this would change";
    return reply.accepted ? edit_answer(200, text, lines, notes)
                          : edit_answer(409, reply.text, {}, notes);
  }
  const auto reply = say(wiring_.station, std::move(change.verb));
  return reply.accepted ? edit_answer(200, reply.text, lines, notes)
                        : edit_answer(409, reply.text, {}, notes);
}

}  // namespace

ApiAnswer answer_edits(const ApiWiring& wiring, const ApiRequest& request) {
  try {
    return EditDesk{wiring, request, wish_of(request)}.answer();
  } catch (const ApiRefused& refused) {
    return edit_answer(refused.status(), refused.what());
  } catch (const UsageError& error) {
    return edit_answer(409, error.what());
  } catch (const CommandError& error) {
    return edit_answer(error.exit_code() == kExitOwned ? 503 : 409, error.what());
  }
}

}  // namespace fat

// Routes by which people act: verbs, and the logbook.
#include <algorithm>
#include <ranges>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/api_answer.hpp"
#include "cli/exit_code.hpp"
#include "cli/log_entries.hpp"
#include "cli/shift_commands.hpp"
#include "cli/station_api.hpp"
#include "cli/talk_to_run.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/control_client.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestBody = std::size_t{256} * 1024;
constexpr std::size_t kLongestUser = 100;

ApiAnswer reply_answer(const VerbReply& reply) {
  return json_answer(to_json_text(reply), reply.accepted ? 200 : 409);
}

ApiAnswer not_taken(int status, const std::string& text) {
  return json_answer(to_json_text(VerbReply{.accepted = false, .text = text, .events = {}}),
                     status);
}

/// Who takes the shift is somebody whom station.ini names; who hands it over need not write the
/// report. Throws CommandError.
void complete_shift(const ApiWiring& wiring, Verb& verb) {
  verb.value = known_person(wiring.station, verb.value);
  if (verb.hand_over && verb.report.empty()) {
    verb.report = wiring.runs.named("newest")->with([&](const RunHistory& history) {
      return hand_over_report(
          wiring.station.name, history.campaign->summary(wiring.clock.now()), history.events);
    });
  }
}

/// What became of the question that somebody answered too late; empty when nothing is known of it.
std::string became_of(const RunHistory& history, int prompt) {
  for (const auto& [id, event] : std::ranges::reverse_view(history.events)) {
    const auto* answered = std::get_if<PromptAnswered>(&event.body);
    if (answered != nullptr && answered->id == prompt) {
      return fmt::format(
          "question {} was answered already: \"{}\" by {}", prompt, answered->value, event.who);
    }
    const auto* withdrawn = std::get_if<PromptWithdrawn>(&event.body);
    if (withdrawn != nullptr && withdrawn->id == prompt) {
      return fmt::format("question {} was withdrawn: {}", prompt, withdrawn->reason);
    }
  }
  return {};
}

/// A question that is open no more: says who was first.
VerbReply with_first_answer(const ApiWiring& wiring, const Verb& verb, VerbReply reply) {
  if (reply.accepted || verb.kind != VerbKind::Answer || verb.prompt == 0) {
    return reply;
  }
  auto text = wiring.runs.named("newest")->with([&](const RunHistory& history) {
    return history.campaign->state().prompts.contains(verb.prompt)
               ? std::string{}
               : became_of(history, verb.prompt);
  });
  reply.text = text.empty() ? std::move(reply.text) : std::move(text);
  return reply;
}

std::vector<std::string> words_of_search(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;) {
    words.push_back(word);
  }
  return words;
}

std::string text_of_entry(const ApiRequest& request) {
  const auto json = request.body.size() > kLongestBody
                        ? nlohmann::json{}
                        : nlohmann::json::parse(request.body, nullptr, false);
  const auto text = json.is_object() ? json.find("text") : json.end();
  if (!json.is_object() || text == json.end() || !text->is_string()) {
    throw ApiRefused{400, R"(expected {"text": "what is to stand in the logbook"})"};
  }
  auto entry = text->get<std::string>();
  if (entry.size() > kLongestLogText) {
    throw ApiRefused{413, fmt::format("an entry has at most {} bytes", kLongestLogText)};
  }
  entry = plain_lines(entry, 3 * kLongestLogText);
  if (entry.empty()) {
    throw ApiRefused{400, "the entry is empty; write something first"};
  }
  return entry;
}

}  // namespace

std::string person_behind(const ApiWiring& wiring, const ApiRequest& request) {
  const auto name = plain_text(request.user.name, kLongestUser);
  return fmt::format("{} (web)", name.empty() ? wiring.by : name);
}

ApiAnswer answer_verb(const ApiWiring& wiring, const ApiRequest& request) {
  if (request.body.size() > kLongestBody) {
    return not_taken(413, "that is longer than any verb");
  }
  Verb verb;
  try {
    verb = made_plain(verb_from_json_text(request.body));
  } catch (const std::invalid_argument& error) {
    return not_taken(400, error.what());
  }
  if (verb.kind == VerbKind::Log) {
    return not_taken(400, "POST /runs/{run}/logbook writes into the logbook");
  }
  verb.who = person_behind(wiring, request);
  try {
    if (verb.kind == VerbKind::Shift) {
      complete_shift(wiring, verb);
    }
    return reply_answer(with_first_answer(wiring, verb, say(wiring.station, verb)));
  } catch (const CommandError& error) {
    const VerbReply unheard{.accepted = false, .text = error.what(), .events = {}};
    auto reply = with_first_answer(wiring, verb, unheard);  // the run may have ended with the first
    const bool too_late = reply.text != unheard.text;
    return error.exit_code() == kExitOwned && !too_late ? not_taken(503, error.what())
                                                        : reply_answer(reply);
  }
}

ApiAnswer answer_logbook(const ApiWiring& wiring, const ApiRequest& request) {
  constexpr std::uint64_t most = 100'000;
  const auto limit = query_number(request, "limit", most).value_or(most);
  const auto words = words_of_search(query_text(request, "search"));
  const auto run = wiring.runs.named(request.parts.at(0));
  auto lines = run->with([&](const RunHistory& history) {
    return lines_of_events(wiring.station, run->number(), history.events);
  });
  std::erase_if(lines, [&](const LogLine& line) { return !is_about(line, words); });
  std::ranges::reverse(lines);
  lines.resize(std::min<std::size_t>(lines.size(), limit));
  const auto name = [](const LogAttachment& attachment) { return attachment.name; };
  auto book = nlohmann::ordered_json::parse(logbook_json(lines, name));
  for (auto& entry : book["entries"]) {
    auto names = nlohmann::ordered_json::array();
    for (const auto& file : entry["attachments"]) {
      names.push_back(file["name"]);
    }
    entry["attachments"] = std::move(names);
  }
  return json_answer(book.dump());
}

ApiAnswer write_logbook(const ApiWiring& wiring, const ApiRequest& request) {
  const Logged entry{.text = text_of_entry(request), .attachments = {}};
  const auto run = wiring.runs.named(request.parts.at(0))->number();
  try {
    auto text = write_entry(
        person_behind(wiring, request), wiring.station, {.number = run, .begun = true}, entry);
    return reply_answer({.accepted = true, .text = std::move(text), .events = {}});
  } catch (const CommandError& error) {
    return not_taken(409, error.what());
  }
}

}  // namespace fat

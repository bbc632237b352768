#include "cli/loaded_run.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "fat/people/announcement.hpp"

namespace fat {

namespace {

constexpr std::size_t kEventsAtOnce = 20'000;  // a tenth of a second, and worth several threads

/// Another plan than the one the campaign was given: its history has to be read on that one.
bool brings_plan(const std::vector<StoredEvent>& events) {
  return std::ranges::any_of(events, [](const StoredEvent& stored) {
    return std::holds_alternative<PlanAdopted>(stored.event.body);
  });
}

/// What the history is looked up by.
void note_event(RunHistory& history, std::size_t index) {
  const auto& body = history.events[index].event.body;
  if (const auto* started = std::get_if<AttemptStarted>(&body)) {
    history.starts[started->key] = index;
  }
  const auto* reported = std::get_if<AttemptReported>(&body);
  if (reported == nullptr || reported->measurements.empty()) {
    return;
  }
  const auto start = history.starts.find(reported->key);
  const int step = start == history.starts.end() ? 0 : history.start(reported->key).index;
  for (std::size_t item = 0; item < reported->measurements.size(); ++item) {
    const auto& one = reported->measurements[item];
    history.latest[{one.module, one.channel, one.name}] = history.measurements.size();
    history.measurements.push_back({.event = index, .item = item, .step = step});
  }
}

}  // namespace

EventWords words_of(const Event& event, const Campaign& campaign) {
  EventWords words;
  auto urgency = Urgency::Info;
  for (const auto& line : announce(event, campaign)) {
    words.text += (words.text.empty() ? "" : "\n") + line.text;
    urgency = std::max(urgency, line.urgency);
  }
  words.level = words.text.empty() ? "" : to_string(urgency);
  return words;
}

const Measurement& RunHistory::measurement(const MeasurementPlace& place) const {
  return std::get<AttemptReported>(events[place.event].event.body).measurements[place.item];
}

const AttemptStarted& RunHistory::start(const AttemptKey& key) const {
  return std::get<AttemptStarted>(events[starts.at(key)].event.body);
}

LoadedRun::LoadedRun(const Station& station, int run, const std::stop_token& stop)
    : number_(run),
      history_{.journal = SqliteJournal{journal_file(station), JournalMode::ReadOnly},
               .campaign = {},
               .events = {},
               .words = {},
               .told = {},
               .starts = {},
               .measurements = {},
               .latest = {}} {
  std::vector<StoredEvent> events;
  std::vector<StoredEvent> page;
  do {
    if (stop.stop_requested()) {
      throw GivenUp{};
    }
    page = history_.journal.events(number_, events.empty() ? 0 : events.back().id, kEventsAtOnce);
    std::ranges::move(page, std::back_inserter(events));
  } while (!page.empty());
  read_anew(std::move(events), stop);
}

/// All of it or nothing.
void LoadedRun::read_anew(std::vector<StoredEvent> events, const std::stop_token& stop) {
  auto known = load_run(history_.journal, number_, std::move(events), stop);
  const auto before = history_.events.size();
  history_.events = std::move(known.events);
  history_.campaign = std::move(known.campaign);
  history_.words.resize(history_.events.size());
  for (auto index = before; index < history_.events.size(); ++index) {
    note_event(history_, index);
  }
}

void LoadedRun::advance() {
  const std::lock_guard lock{mutex_};
  auto fresh = history_.journal.events(number_, history_.events.back().id);
  if (brings_plan(fresh)) {
    auto events = history_.events;
    std::ranges::move(fresh, std::back_inserter(events));
    read_anew(std::move(events), {});
    return;
  }
  for (auto& stored : fresh) {
    history_.campaign->apply(stored.event);  // what does not fit is read again next time
    history_.words.emplace_back(words_of(stored.event, *history_.campaign));
    history_.events.push_back(std::move(stored));
    note_event(history_, history_.events.size() - 1);
  }
}

void LoadedRun::word(const std::vector<std::size_t>& wanted, const std::stop_token& stop) {
  if (wanted.empty()) {
    return;
  }
  std::optional<RunCampaign> replay;
  with([&](const RunHistory& history) {
    if (std::ranges::any_of(wanted, [&](auto index) { return !history.words[index]; })) {
      replay.emplace(history.campaign->plan(), newest_plan_version(history.events));
    }
  });
  if (!replay) {
    return;
  }
  auto next = wanted.begin();
  walk(0, wanted.back() + 1, [&](RunHistory& history, std::size_t index) {
    if (stop.stop_requested()) {
      throw GivenUp{};
    }
    const auto& event = history.events[index].event;
    replay->apply(event);
    if (index == *next) {
      if (!history.words[index]) {
        history.words[index] = words_of(event, *replay);
      }
      ++next;
    }
    return next != wanted.end();
  });
}

}  // namespace fat

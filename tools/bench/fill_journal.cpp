// A journal whose newest run has one finished step -> the same with the following steps finished
// too, in one transaction, as if they had run. A resume of 100,000 finished steps is measured with
// it.
//   fat_bench_fill JOURNAL LEFT [N]    all but the last LEFT steps of the plan end done, each with
//   N measurements
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fat/store/sqlite_journal.hpp"

namespace {

using fat::AttemptEnded;
using fat::AttemptReported;
using fat::AttemptStarted;
using fat::Event;
using fat::SchedulerStarted;

constexpr int kUsage = 2;

template <class Body>
const Event& first(const std::vector<fat::StoredEvent>& history) {
  for (const auto& stored : history) {
    if (std::holds_alternative<Body>(stored.event.body)) {
      return stored.event;
    }
  }
  throw std::runtime_error{"the newest run has no finished step to copy"};
}

/// What a step says about `count` modules.
AttemptReported measured(const fat::AttemptKey& key, std::size_t count) {
  AttemptReported said;
  said.key = key;
  for (std::size_t module = 0; module < count; ++module) {
    said.measurements.push_back({.module = "DEgg2021-3-" + std::to_string(100 + module),
                                 .channel = "upper",
                                 .name = "dark_rate",
                                 .value = 800.0 + static_cast<double>(module),
                                 .unit = "Hz",
                                 .limits = {.min = 0, .max = 2600}});
  }
  return said;
}

/// The events of one finished step, for all others but the last `left`.
std::vector<Event> finished(const fat::Plan& plan,
                            const std::vector<fat::StoredEvent>& history,
                            std::size_t left,
                            std::size_t measurements) {
  const auto& started = first<AttemptStarted>(history);
  const auto& ended = first<AttemptEnded>(history);
  auto again = first<SchedulerStarted>(history);
  std::get<SchedulerStarted>(again.body).mode = fat::StartMode::Resume;
  std::get<SchedulerStarted>(again.body).until.clear();
  std::vector<Event> events{again};
  for (std::size_t index = 1; index + left < plan.steps.size(); ++index) {
    auto start = started;
    auto& intent = std::get<AttemptStarted>(start.body);
    intent.key.title = plan.steps[index].title;
    intent.index = static_cast<int>(index);
    intent.token += "-" + std::to_string(index);
    const auto key = intent.key;
    events.push_back(std::move(start));
    if (measurements > 0) {
      events.push_back(events.back());
      events.back().body = measured(key, measurements);
    }
    auto end = ended;
    std::get<AttemptEnded>(end.body).key.title = plan.steps[index].title;
    events.push_back(std::move(end));
  }
  return events;
}

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return text.empty() || parsed.ec != std::errc{} ? std::nullopt : std::optional{number};
}

int run(std::span<char*> words) {
  const auto left = words.size() > 2 ? number_in(words[2]) : std::nullopt;
  const auto measurements = words.size() > 3 ? number_in(words[3]) : std::optional<std::size_t>{0};
  if (!left || !measurements || words.size() > 4) {
    std::cerr << "usage: fat_bench_fill JOURNAL LEFT [MEASUREMENTS]\n";
    return kUsage;
  }
  fat::SqliteJournal journal{words[1], fat::JournalMode::ReadWrite};
  const int newest = journal.runs().back();
  const auto plan = journal.plan(newest, 1);
  if (!plan) {
    throw std::runtime_error{"the newest run has no plan"};
  }
  const auto history = journal.events(newest);
  const auto events = finished(*plan, history, *left, *measurements);
  journal.append(events);
  std::cout << events.size() / (*measurements > 0 ? 3 : 2) << " steps\n";
  return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run({words, static_cast<std::size_t>(count)});
  } catch (const std::exception& error) {
    std::cerr << "fat_bench_fill: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}

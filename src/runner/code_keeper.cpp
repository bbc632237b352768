#include "runner/code_keeper.hpp"

#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

bool is_of_the_schedule(StepList list) {
  return list == StepList::Main || list == StepList::OnResume;
}

EventBody hold_up(const Campaign& campaign, const AttemptStarted& start) {
  const auto why =
      fmt::format("the code behind step '{}' has changed (strict_code); whoever goes on accepts it",
                  start.key.title);
  if (campaign.asks_nobody()) {
    return StopRequested{.reason = why, .failure = true};
  }
  return PauseRequested{why};
}

bool is_refused(const Campaign& campaign, const AttemptStarted& start, const CodeLook& found) {
  const auto status = campaign.status();
  return found.changed && campaign.plan().strict_code && is_of_the_schedule(start.key.list) &&
         (status == RunStatus::Running || status == RunStatus::Waiting);
}

CodeLook look(CodeWatch& code, const Plan& plan, const AttemptStarted& start) {
  const auto* step =
      find_step(plan, start.key.list, start.key.title, static_cast<std::size_t>(start.index));
  return step == nullptr ? CodeLook{} : code.look(*step);
}

}  // namespace

std::vector<EventBody> with_code(std::vector<EventBody> events,
                                 const Campaign& campaign,
                                 CodeWatch* code,
                                 const std::function<void(const std::string&)>& alarm) {
  if (code == nullptr) {
    return events;
  }
  std::vector<EventBody> all;
  for (auto& body : events) {
    auto* start = std::get_if<AttemptStarted>(&body);
    if (start == nullptr) {
      all.push_back(std::move(body));
      continue;
    }
    auto found = look(*code, campaign.plan(), *start);
    if (!found.trouble.empty()) {
      alarm(found.trouble);
    }
    start->code = found.code;
    if (is_refused(campaign, *start, found)) {
      return {std::move(found.news), hold_up(campaign, *start)};
    }
    if (!found.news.units.empty()) {
      all.emplace_back(std::move(found.news));
    }
    all.push_back(std::move(body));
  }
  return all;
}

}  // namespace fat

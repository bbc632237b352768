#include "cli/rehearsal_text.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kTitlesShown = 8, kLongestText = 200;

double seconds(Microseconds time) {
  return Seconds{time}.count();
}

bool at_night(const RehearsalReport& report, const Milestone& one) {
  return one.kind == MilestoneKind::Person && report.quiet && is_quiet(*report.quiet, one.at);
}

std::string what(const RehearsalReport& report, const Milestone& one) {
  const auto label = one.step.empty() ? "" : step_label(report.plan, one.step);
  auto text = plain_text(one.text, kLongestText);
  switch (one.kind) {
    case MilestoneKind::Temperature:
      return fmt::format("{}  {}", text, label);
    case MilestoneKind::Person:
      return fmt::format(
          "PERSON needed{}: {}: {}", at_night(report, one) ? " AT NIGHT" : "", label, text);
    case MilestoneKind::Trouble:
      return label.empty() ? text : fmt::format("{}: {}", label, text);
    case MilestoneKind::End:
      break;
  }
  return text;
}

std::string when(const Milestone& one) {
  const auto range = one.range.value_or(TimeRange{one.at, one.at, one.at});
  return to_text(TimeRange{range.early, one.at, range.late});
}

std::string timeline(const RehearsalReport& report) {
  const auto& milestones = report.rehearsal.milestones;
  std::size_t width = 0, after_width = 0;
  const auto after = [&](const Milestone& one) { return to_text(one.at - report.rehearsal.start); };
  for (const auto& one : milestones) {
    width = std::max(width, when(one).size());
    after_width = std::max(after_width, after(one).size());
  }
  std::string text;
  for (const auto& one : milestones) {
    text += fmt::format(
        "{:<{}}  {:>{}}  {}\n", when(one), width, after(one), after_width, what(report, one));
  }
  return text;
}

std::string titles(const Plan& plan, const std::vector<std::size_t>& indices) {
  std::string text;
  for (std::size_t i = 0; i < indices.size() && i < kTitlesShown; ++i) {
    text += fmt::format("{}[{}] {}", i == 0 ? "" : ", ", indices[i], plan.steps[indices[i]].title);
  }
  return indices.size() > kTitlesShown
             ? fmt::format("{} and {} more", text, indices.size() - kTitlesShown)
             : text;
}

const char* plural(std::size_t number) {
  return number == 1 ? "" : "s";
}

std::string length_line(const RehearsalReport& report) {
  const auto& rehearsal = report.rehearsal;
  auto text = fmt::format("length   {}", to_text(rehearsal.end - rehearsal.start));
  if (const auto& range = rehearsal.milestones.back().range; range && range->early < range->late) {
    text += fmt::format(" ({} to {} in four cases of five)",
                        to_text(range->early - rehearsal.start),
                        to_text(range->late - rehearsal.start));
  }
  return text + '\n';
}

std::string people_line(const RehearsalReport& report) {
  const auto& milestones = report.rehearsal.milestones;
  const auto asked = static_cast<std::size_t>(std::ranges::count(
      milestones, MilestoneKind::Person, [](const Milestone& one) { return one.kind; }));
  if (asked == 0) {
    return "people   nobody is needed\n";
  }
  const auto nights =
      std::ranges::count_if(milestones, [&](const auto& one) { return at_night(report, one); });
  return fmt::format(
      "people   needed {} time{}{}; {} of the length is waiting for them ({} each)\n",
      asked,
      plural(asked),
      report.quiet ? fmt::format(", {} at night ({})",
                                 nights == 0 ? "never" : std::to_string(nights),
                                 to_text(*report.quiet))
                   : "",
      to_text(report.rehearsal.waited_for_people),
      to_text(report.answer_after));
}

std::string basis_lines(const RehearsalReport& report) {
  const auto& [plan, rehearsal, quiet, delay] = report;
  std::string text;
  if (const auto& some = rehearsal.guessed; !some.empty()) {
    text += fmt::format("guessed  {} step{} never ran here and {} no estimate, {}{}: {}\n",
                        some.size(),
                        plural(some.size()),
                        some.size() == 1 ? "has" : "have",
                        to_text(kGuessedLength),
                        some.size() == 1 ? "" : " each",
                        titles(plan, some));
  }
  if (const auto& some = rehearsal.estimated; !some.empty()) {
    text += fmt::format("estimate {} step{} never ran here, as long as {} task says: {}\n",
                        some.size(),
                        plural(some.size()),
                        some.size() == 1 ? "its" : "the",
                        titles(plan, some));
  }
  return text;
}

OrderedJson to_json(const std::optional<TimeRange>& range) {
  return range ? OrderedJson{{"early", to_iso_utc(range->early)},
                             {"likely", to_iso_utc(range->likely)},
                             {"late", to_iso_utc(range->late)}}
               : OrderedJson();
}

OrderedJson to_json(const RehearsalReport& report, const Milestone& one) {
  return OrderedJson{{"kind", to_string(one.kind)},
                     {"at", to_iso_utc(one.at)},
                     {"range", to_json(one.range)},
                     {"step", one.step},
                     {"text", one.text},
                     {"celsius", one.celsius ? OrderedJson(*one.celsius) : OrderedJson()},
                     {"at_night", at_night(report, one)}};
}

OrderedJson to_json(const RehearsedAttempt& one) {
  return OrderedJson{{"list", to_string(one.key.list)},
                     {"index", one.index},
                     {"title", one.key.title},
                     {"attempt", one.key.attempt},
                     {"kind", to_string(one.kind)},
                     {"began", to_iso_utc(one.began)},
                     {"ended", to_iso_utc(one.ended)},
                     {"outcome", to_string(one.outcome)}};
}

OrderedJson titles_json(const Plan& plan, const std::vector<std::size_t>& indices) {
  auto list = OrderedJson::array();
  for (const auto index : indices) {
    list.push_back(plan.steps[index].title);
  }
  return list;
}

}  // namespace

std::string step_label(const Plan& plan, const std::string& title) {
  const auto index = find_step(plan.steps, title);
  return index ? fmt::format("[{}] {}", *index, title) : title;
}

std::string rehearsal_text(const RehearsalReport& report) {
  const auto& [plan, rehearsal, quiet, delay] = report;
  auto text =
      fmt::format("rehearsal of run {}: {} step{}, nothing is executed\nstart    {}\n\n{}\n",
                  plan.run_number,
                  plan.steps.size(),
                  plural(plan.steps.size()),
                  to_local_text(rehearsal.start),
                  timeline(report));
  text += length_line(report) + people_line(report);
  if (rehearsal.saved && *rehearsal.saved > Microseconds{0}) {
    text += fmt::format("overlap  steps in the background save {}\n", to_text(*rehearsal.saved));
  }
  if (!rehearsal.never_started.empty()) {
    text += fmt::format("NEVER    {} step{} would never start: {}\n",
                        rehearsal.never_started.size(),
                        plural(rehearsal.never_started.size()),
                        titles(plan, rehearsal.never_started));
  }
  return text + basis_lines(report);
}

std::string rehearsal_json(const RehearsalReport& report) {
  const auto& [plan, rehearsal, quiet, delay] = report;
  auto milestones = OrderedJson::array(), attempts = OrderedJson::array();
  for (const auto& one : rehearsal.milestones) {
    milestones.push_back(to_json(report, one));
  }
  for (const auto& one : rehearsal.attempts) {
    attempts.push_back(to_json(one));
  }
  const OrderedJson json{
      {"run", plan.run_number},
      {"schedule", plan.schedule_file},
      {"start", to_iso_utc(rehearsal.start)},
      {"end", to_iso_utc(rehearsal.end)},
      {"range", to_json(rehearsal.milestones.back().range)},
      {"length_s", seconds(rehearsal.end - rehearsal.start)},
      {"status", to_string(rehearsal.status)},
      {"reason", rehearsal.reason},
      {"waited_for_people_s", seconds(rehearsal.waited_for_people)},
      {"saved_s", rehearsal.saved ? OrderedJson(seconds(*rehearsal.saved)) : OrderedJson()},
      {"quiet_hours", quiet ? OrderedJson(to_text(*quiet)) : OrderedJson()},
      {"futures", rehearsal.futures},
      {"never_started", titles_json(plan, rehearsal.never_started)},
      {"guessed", titles_json(plan, rehearsal.guessed)},
      {"estimated", titles_json(plan, rehearsal.estimated)},
      {"milestones", milestones},
      {"attempts", attempts}};
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace fat

#include "cli/start_refusals.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/doctor.hpp"
#include "cli/exit_code.hpp"
#include "fat/store/master_view.hpp"

namespace fat {

void refuse_sick_station(const Station& station, const RunRequest& request) {
  std::string prevents;
  for (const auto& finding : examine_station(station, Depth::Quick)) {
    const auto text = fmt::format("{}: {}; {}", finding.subject, finding.text, finding.advice);
    if (finding.prevents_run) {
      prevents += "\n  " + text;
    } else if (finding.health != Health::Ok && request.died.empty()) {
      std::cerr << "warning: " << text << '\n';
    }
  }
  if (!prevents.empty()) {
    throw CommandError{
        kExitFileWrong,
        fmt::format("no run can begin here:{}\n`fatmaster doctor` looks at everything", prevents)};
  }
  std::filesystem::create_directories(station.state);
}

std::vector<EventBody> leave_out_modules(const Plan& plan,
                                         const std::map<std::string, Quarantine>& quarantined,
                                         const RunRequest& request) {
  std::vector<EventBody> events;
  for (const auto& serial : std::set<std::string>{request.without.begin(), request.without.end()}) {
    if (std::ranges::find(plan.modules, serial, &ModuleEntry::serial) == plan.modules.end()) {
      throw CommandError{kExitUsage, fmt::format("--without: the run has no module '{}'", serial)};
    }
    if (!quarantined.contains(serial)) {
      events.emplace_back(ModuleQuarantined{serial, "--without", std::nullopt});
    }
  }
  return events;
}

void require_named_steps(const Plan& plan, const RunRequest& request) {
  for (const auto& title : {request.from, request.until}) {
    if (!title.empty() && !find_step(plan.steps, title)) {
      throw CommandError{
          kExitUsage,
          fmt::format("the schedule has no step '{}'; `fatmaster plan` lists them", title)};
    }
  }
}

void refuse_half_done(const std::string& master_key,
                      const std::string& run_file,
                      const RunRequest& request) {
  const auto newest = newest_master(run_file);
  const auto* by = newest && newest->ours ? "fatmaster, whose journal is not here: `fatmaster "
                                            "restore` brings it back from a backup,"
                                          : "the original master script:";
  throw CommandError{kExitRefused,
                     fmt::format("{} in {} was left half done by {} `fatmaster resume {} "
                                 "--schedule {}` takes over what it says is done",
                                 master_key,
                                 run_file,
                                 by,
                                 run_file,
                                 request.schedule)};
}

std::vector<EventBody> redo_steps(const Campaign& campaign,
                                  const Instant& now,
                                  const RunRequest& request) {
  std::vector<EventBody> events;
  for (const auto& title : std::set<std::string>{request.redo.begin(), request.redo.end()}) {
    const auto& reason = request.accept_drift.empty() ? "--redo" : request.accept_drift;
    auto reply = campaign.request({.kind = VerbKind::Redo, .step = title, .reason = reason}, now);
    if (!reply.accepted) {
      throw CommandError{kExitRefused, "--redo: " + reply.text};
    }
    std::ranges::move(reply.events, std::back_inserter(events));
  }
  return events;
}

void refuse_drift(const FoundDrift& found, const RunRequest& request) {
  const bool code_counts = found.strict_code && !found.code.empty();
  if ((found.plan.empty() && found.lost.empty() && !code_counts) || !request.accept_drift.empty()) {
    return;
  }
  std::string text = "not everything is what the run was started with:\n";
  for (const auto& drift : found.plan) {
    constexpr std::array words{"changed", "new", "gone", "moved"};
    text += fmt::format("  {:<8} {}{}{}\n",
                        words.at(static_cast<std::size_t>(drift.kind)),
                        drift.what,
                        drift.text.empty() ? "" : ": ",
                        drift.text);
  }
  for (const auto& change : found.code) {
    text += fmt::format("  {:<8} {}\n", "code", to_text(change));
  }
  for (const auto& edit : found.lost) {
    text += fmt::format("  {:<8} an edit of the run does not fit any more: {}\n", "lost", edit);
  }
  throw CommandError{kExitRefused,
                     text + "Done steps stay done. Go on with the new one: --accept-drift REASON"};
}

}  // namespace fat

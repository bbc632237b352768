// Plan and summary -> banner and final words.
#include "people/message_text.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "fat/model/run_paths.hpp"
#include "people/next_steps.hpp"
#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostLines = 60;

/// What steps of one block share: the block's name, or the title without its last number.
std::string family(const std::string& title) {
  const auto slash = title.find('/');
  if (slash != std::string::npos) {
    return title.substr(0, slash) + "/...";
  }
  const auto end = title.find_last_not_of("0123456789");
  return end == std::string::npos || end + 1 == title.size() ? title
                                                             : title.substr(0, end + 1) + "...";
}

void add_line(std::string& text, std::string_view line) {
  text += text.empty() ? "" : "\n";
  text += line;
}

std::string module_line(const ModuleEntry& module) {
  return module.port == 0 ? fmt::format("  {}", module.serial)
                          : fmt::format("  {}: {}", module.port, module.serial);
}

std::string module_line(const ModuleSummary& module) {
  return fmt::format("  {}: {}, {} of {}{}{}",
                     module.serial,
                     to_string(module.verdict),
                     module.steps_with_result,
                     plural(static_cast<std::size_t>(module.steps_planned), "step"),
                     module.quarantined ? ", in quarantine" : "",
                     module.reason.empty() ? "" : " (" + module.reason + ")");
}

/// At most so many lines: a chat is not the place for the rest.
void add_lines(std::string& text, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) {
    add_line(text, lines[i]);
  }
  if (lines.size() > kMostLines) {
    add_line(text,
             fmt::format("  ... and {} lines more: fatmaster list", lines.size() - kMostLines));
  }
}

}  // namespace

std::vector<std::string> condensed_schedule(const Plan& plan) {
  std::vector<std::string> lines;
  const auto& steps = plan.steps;
  for (std::size_t first = 0; first < steps.size();) {
    const auto name = family(steps[first].title);
    auto end = first + 1;
    while (end < steps.size() && family(steps[end].title) == name) {
      ++end;
    }
    lines.push_back(
        end == first + 1
            ? fmt::format("  [{}] {}", first, printable(steps[first].title))
            : fmt::format("  [{}-{}] {} ({} steps)", first, end - 1, printable(name), end - first));
    first = end;
  }
  return lines;
}

std::string start_banner(const Event& event, const Campaign& campaign, const std::string& station) {
  const auto& plan = campaign.plan();
  const auto summary = campaign.summary(event.at);
  const auto* started = std::get_if<SchedulerStarted>(&event.body);
  const bool resumed = started != nullptr && started->mode == StartMode::Resume;
  std::string text(55, '=');
  add_line(text,
           printable(fmt::format("Run {} {} on {} by {}, {}",
                                 event.run,
                                 resumed ? "is resumed" : "starts",
                                 station,
                                 event.who,
                                 to_local_text(event.at.wall))));
  if (resumed) {
    add_line(text, "so far " + to_text(count(summary.steps)));
  }
  add_line(text, plural(plan.modules.size(), "module") + (plan.modules.empty() ? "" : ":"));
  std::vector<std::string> modules;
  std::ranges::transform(plan.modules, std::back_inserter(modules), [](const ModuleEntry& module) {
    return printable(module_line(module));
  });
  add_lines(text, modules);
  add_line(text, fmt::format("Condensed schedule ({}):", plural(plan.steps.size(), "step")));
  add_lines(text, condensed_schedule(plan));
  if (summary.eta) {
    add_line(text, to_text(*summary.eta));
  }
  return text;
}

std::string end_summary(const Event& event, const Campaign& campaign) {
  const auto summary = campaign.summary(event.at);
  std::string text = "ended " + to_local_text(event.at.wall);
  if (summary.verdicts_declared) {
    std::vector<std::string> lines;
    std::ranges::transform(
        summary.modules, std::back_inserter(lines), [](const ModuleSummary& module) {
          return printable(module_line(module));
        });
    add_lines(text, lines);
  }
  if (const auto next = next_steps(summary); !next.empty()) {
    add_line(text, "what to do next:");
    for (const auto& line : next) {
      add_line(text, "  " + line);
    }
  }
  add_line(text,
           printable(fmt::format("report: {}",
                                 (run_folder(campaign.plan().run_file) / "report.html").string())));
  return text;
}

}  // namespace fat

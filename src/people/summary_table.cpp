// RunSummary -> text of the final table.
#include "fat/people/summary_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "people/columns.hpp"
#include "people/next_steps.hpp"
#include "people/paint.hpp"
#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongRun = 60;
constexpr int kOutcomeWidth = 12;
constexpr int kAttemptsWidth = 9;
constexpr int kDurationWidth = 14;
constexpr int kNarrowestTitle = 16;
constexpr int kWidestTitle = 60;
constexpr std::size_t kReasonLines = 3;

class Table {
 public:
  Table(const RunSummary& summary, const TableOptions& options)
      : summary_(summary),
        options_(options),
        width_(std::max(options.width, 40)),
        short_(summary.steps.size() > kLongRun && !options.all) {}

  std::string text() && {
    add_head();
    add_steps();
    line(fmt::format(
        "{}: {}", plural(summary_.steps.size(), "step"), to_text(count(summary_.steps))));
    add_verdicts();
    add_next();
    return std::move(text_);
  }

 private:
  void line(std::string_view text) { text_ += std::string{text} + '\n'; }

  std::string paint(std::string_view text, Paint how) const {
    return painted(text, how, options_.colour);
  }

  void paragraph(const std::string& indent, std::string_view text, std::size_t lines) {
    const int room = width_ - static_cast<int>(indent.size());
    for (const std::string& part : wrapped(printable(text), room, lines)) {
      line(indent + part);
    }
  }

  void add_head() {
    line(fmt::format("run {} is {}, after {}",
                     summary_.run,
                     paint(capitals(to_string(summary_.status)), paint_of(summary_.status)),
                     to_text(total_time(summary_, options_.now))));
    if (summary_.virtual_station) {
      line("This was the VIRTUAL station: no real hardware was measured.");
    }
    paragraph("", "schedule " + summary_.schedule_file, 2);
    paragraph("", "run file " + summary_.run_file, 2);
    if (summary_.started) {
      line("started  " + to_local_text(*summary_.started));
    }
    if (summary_.ended) {
      line("ended    " + to_local_text(*summary_.ended));
    }
    if (summary_.status != RunStatus::Completed && !summary_.why.empty()) {
      paragraph("", "why      " + summary_.why, kReasonLines);
    }
    line("");
  }

  bool is_listed(const StepSummary& step) const { return !short_ || step.outcome != Outcome::Done; }

  int title_width() const {
    int widest = kNarrowestTitle;
    for (const StepSummary& step : summary_.steps) {
      widest = is_listed(step) ? std::max(widest, columns(label(step))) : widest;
    }
    const int room = width_ - kOutcomeWidth - kAttemptsWidth - kDurationWidth - 2;
    return std::clamp(std::min(widest, room), kNarrowestTitle, kWidestTitle);
  }

  void add_steps() {
    const int title = title_width();
    line("  " + padded("step", title) + "  " + padded("outcome", kOutcomeWidth) +
         padded("attempts", kAttemptsWidth) + "duration");
    std::size_t done = 0;
    for (std::size_t i = 0; i < summary_.steps.size(); ++i) {
      const StepSummary& step = summary_.steps[i];
      if (!is_listed(step)) {
        ++done;
        continue;
      }
      const std::size_t untouched = short_ ? untouched_from(i) : 0;
      if (untouched > 2) {
        add_untouched(i, untouched);
        i += untouched - 1;
        continue;
      }
      add_step(step, title);
    }
    if (done > 0) {
      line(fmt::format("  ... and {} done (all of them: fatmaster list)", plural(done, "step")));
    }
    line("");
  }

  /// How many steps from here on never began.
  std::size_t untouched_from(std::size_t first) const {
    std::size_t end = first;
    while (end < summary_.steps.size() && !summary_.steps[end].outcome &&
           summary_.steps[end].attempts == 0) {
      ++end;
    }
    return end - first;
  }

  void add_untouched(std::size_t first, std::size_t number) {
    line(fit(fmt::format("  {} ... {}: not run ({})",
                         label(summary_.steps[first]),
                         label(summary_.steps[first + number - 1]),
                         plural(number, "step")),
             width_));
  }

  void add_step(const StepSummary& step, int title) {
    const bool begun = step.attempts > 0;
    std::string outcome = begun ? printable(step.state) : "not run";
    if (step.outcome) {
      outcome = to_string(*step.outcome);
    }
    outcome = padded(outcome, kOutcomeWidth - 1) + ' ';
    line("  " + padded(label(step), title) + "  " +
         (step.outcome ? paint(outcome, paint_of(*step.outcome)) : outcome) +
         padded(begun ? std::to_string(step.attempts) : "-", kAttemptsWidth) +
         (step.ran > Microseconds{0} ? to_text(step.ran) : "-"));
    paragraph("      ", step.reason, kReasonLines);
  }

  void add_verdicts() {
    line("");
    if (!summary_.verdicts_declared) {
      line("modules: no verdicts (no step declares a measurement)");
      return;
    }
    line("modules:");
    int widest = 0;
    for (const ModuleSummary& module : summary_.modules) {
      widest = std::max(widest, columns(printable(module.serial)));
    }
    for (const ModuleSummary& module : summary_.modules) {
      line(fmt::format("  {}  {}{}",
                       padded(printable(module.serial), std::min(widest, width_ / 2)),
                       paint(capitals(to_string(module.verdict)), paint_of(module.verdict)),
                       module.steps_with_result < module.steps_planned
                           ? fmt::format(" ({} of {} not run)",
                                         module.steps_planned - module.steps_with_result,
                                         module.steps_planned)
                           : ""));
      paragraph("      ", module.reason, kReasonLines);
      if (module.quarantined) {
        paragraph("      ", "in quarantine: " + module.quarantine, kReasonLines);
      }
    }
  }

  void add_next() {
    const auto next = next_steps(summary_);
    if (next.empty()) {
      return;
    }
    line("");
    line("what to do next:");
    for (const std::string& advice : next) {
      line("  " + advice);
    }
  }

  const RunSummary& summary_;
  const TableOptions& options_;
  int width_;
  bool short_;
  std::string text_;
};

}  // namespace

std::string summary_table(const RunSummary& summary, const TableOptions& options) {
  return Table{summary, options}.text();
}

}  // namespace fat

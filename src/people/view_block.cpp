// RunSummary -> lines. Pure: the time comes in the options.
#include "people/view_block.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "people/announcer.hpp"
#include "people/columns.hpp"
#include "people/paint.hpp"
#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr int kBarWidth = 20;
constexpr std::size_t kMostOpenShown = 4;
constexpr std::size_t kNextShown = 3;
constexpr std::size_t kQuestionLines = 4;

/// What is left out first when the terminal is low: the last of these.
enum class Weight { Headline, Question, Person, Attempt, Why, Detail, Next, Keys };

struct Line {
  Weight weight = Weight::Headline;
  std::string text;
};

class Block {
 public:
  Block(const RunSummary& summary, const ViewOptions& options)
      : summary_(summary), options_(options), room_(std::max(1, options.width - 1)) {}

  std::vector<std::string> lines() {
    add(Weight::Keys, std::string(static_cast<std::size_t>(room_), '-'), Paint::Faint);
    add_headline();
    add_attempts();
    add_ahead();
    if (!summary_.prompts.empty()) {
      add_question(summary_.prompts.front());
    }
    add(Weight::Person, options_.hint, Paint::Strong);
    add_keys();
    if (!summary_.prompts.empty()) {
      add_typed(summary_.prompts.front());
    }
    return fitted();
  }

 private:
  void add(Weight weight, const std::string& text, Paint paint = Paint::Plain) {
    if (!text.empty()) {
      lines_.push_back(
          {.weight = weight, .text = painted(fit(printable(text), room_), paint, options_.colour)});
    }
  }

  void add_headline() {
    const StepCounts counts = count(summary_.steps);
    std::string rest =
        fmt::format("{} of {} done", counts.done, plural(summary_.steps.size(), "step"));
    if (const int bad = counts.errored + counts.interrupted + counts.aborted; bad > 0) {
      rest += fmt::format(", {} not well", bad);
    }
    if (counts.skipped > 0) {
      rest += fmt::format(", {} skipped", counts.skipped);
    }
    if (summary_.started) {
      rest += ", " + to_text(std::chrono::duration_cast<std::chrono::seconds>(
                         total_time(summary_, options_.now.wall)));
    }
    const std::string state = fmt::format("run {}{} {}",
                                          summary_.run,
                                          summary_.virtual_station ? " (VIRTUAL)" : "",
                                          capitals(to_string(summary_.status)));
    const std::string head = fit(state, room_);
    const int left = room_ - columns(head) - 2;
    std::string line = painted(head, paint_of(summary_.status), options_.colour);
    if (left > 0) {
      line += "  " + fit(rest, left);
    }
    lines_.push_back({.weight = Weight::Headline, .text = line});
    if (summary_.status != RunStatus::Running &&
        summary_.prompts.empty()) {  // else it is asked below
      for (const std::string& why : wrapped(printable(summary_.why), room_, 2)) {
        add(Weight::Why, why);
      }
    }
  }

  void add_attempts() {
    for (std::size_t i = 0; i < summary_.open.size() && i < kMostOpenShown; ++i) {
      const OpenAttempt& attempt = summary_.open[i];
      if (attempt.kind == StepKind::Prompt) {
        continue;  // the question says it all
      }
      add(Weight::Attempt, attempt_line(attempt));
      if (!attempt.text.empty()) {
        add(Weight::Detail, "    " + attempt.text);
      }
    }
    if (summary_.open.size() > kMostOpenShown) {
      add(Weight::Detail, fmt::format("    and {} more", summary_.open.size() - kMostOpenShown));
    }
  }

  std::string attempt_line(const OpenAttempt& attempt) const {
    const Microseconds ran = elapsed(attempt.started, options_.now);
    const auto whole_seconds = [](Microseconds time) {
      return to_text(std::chrono::duration_cast<std::chrono::seconds>(time));
    };
    std::string name = attempt_name(attempt);
    if (attempt.asked_to_end) {
      name += " (told to end)";
    }
    if (attempt.remaining) {
      const double whole = static_cast<double>((ran + *attempt.remaining).count());
      const double fraction = whole > 0 ? static_cast<double>(ran.count()) / whole : 1;
      return with_bar(
          name,
          fraction,
          fmt::format("waits, {} left",
                      whole_seconds(*attempt.remaining + std::chrono::microseconds{999999})));
    }
    std::string time = whole_seconds(ran);
    if (attempt.expected) {
      time += " of about " + to_text(*attempt.expected);
    }
    if (attempt.progress) {
      const double percent = std::floor(100 * std::clamp(*attempt.progress, 0.0, 1.0));
      return with_bar(name, *attempt.progress, fmt::format("{:.0f} %, {}", percent, time));
    }
    return name + "  " + time;
  }

  static std::string attempt_name(const OpenAttempt& attempt) {
    std::string name;
    switch (attempt.key.list) {
      case StepList::Main:
        name = fmt::format("[{}] {}", attempt.index, attempt.key.title);
        break;
      case StepList::SafeState:
        name = "safe state: " + attempt.key.title;
        break;
      case StepList::OnResume:
        name = "on resume: " + attempt.key.title;
        break;
      case StepList::Backup:
        name = "backup";
        break;
    }
    if (attempt.key.attempt > 1 && attempt.key.list != StepList::Backup) {
      name += fmt::format(" (attempt {})", attempt.key.attempt);
    }
    name += attempt.background ? " (background)" : "";
    return printable(name);
  }

  std::string with_bar(const std::string& name, double fraction, const std::string& tail) const {
    if (!std::isfinite(fraction)) {
      fraction = 0;
    }
    const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kBarWidth);
    const std::string bar = '[' + std::string(static_cast<std::size_t>(full), '#') +
                            std::string(static_cast<std::size_t>(kBarWidth - full), '.') + ']';
    const int left = room_ - columns(bar) - columns(tail) - 4;
    if (left < 12) {
      return fmt::format("{}  {}", fit(name, std::max(12, left + columns(bar))), tail);
    }
    return fmt::format("{}  {}  {}", fit(name, left), bar, tail);
  }

  void add_ahead() {
    const auto ahead = steps_ahead(summary_);
    std::string next;
    for (std::size_t i = 0; i < ahead.size() && i < kNextShown; ++i) {
      next += (i == 0 ? "next: " : ", ") + label(*ahead[i]);
      if (ahead[i]->state.starts_with("retry")) {
        next += " (" + ahead[i]->state + ")";
      }
    }
    add(Weight::Next, next);
    const auto person = std::ranges::find_if(
        ahead, [](const StepSummary* step) { return step->kind == StepKind::Prompt; });
    if (summary_.prompts.empty() && person != ahead.end()) {
      add(Weight::Person, "a person is needed for " + label(**person) + person_time());
    }
    if (summary_.eta && summary_.eta->end) {
      add_end(*summary_.eta);
    }
    for (const std::string& pending : summary_.pending) {
      add(Weight::Person, "pending: " + pending, Paint::Waiting);
    }
  }

  void add_end(const Eta& eta) {
    if (!summary_.prompts.empty()) {
      for (const std::string& line : wrapped(after_answer_text(eta), room_, 2)) {
        add(Weight::Detail, line);
      }
      return;
    }
    add(Weight::Person, "the end is expected " + end_text(eta));
    for (const std::string& line : wrapped(conditions_text(eta), room_, 2)) {
      add(Weight::Detail, line);
    }
  }

  std::string person_time() const {
    return summary_.eta && summary_.eta->next_person ? " " + person_text(*summary_.eta) : "";
  }

  void add_question(const Prompt& prompt) {
    const std::string text = fmt::format("QUESTION {}{}: {}",
                                         prompt.id,
                                         prompt.step.empty() ? "" : " (" + prompt.step + ")",
                                         prompt.text);
    for (const std::string& line : wrapped(printable(text), room_, kQuestionLines)) {
      add(Weight::Question, line, Paint::Waiting);
    }
    if (summary_.prompts.size() > 1) {
      add(Weight::Detail,
          fmt::format("{} after this one", plural(summary_.prompts.size() - 1, "more question")));
    }
    add(Weight::Keys, "or from any terminal: " + how_to_answer(prompt), Paint::Faint);
  }

  void add_keys() {
    if (options_.help) {
      add(Weight::Detail,
          "from any terminal: fatmaster pause | continue | stop | skip | redo | mark | abort-step "
          "| abort | halt");
      add(Weight::Detail,
          "and to look: fatmaster status | why | list | show STEP | output STEP -f");
      return;
    }
    add(Weight::Keys,
        fmt::format("keys: {}? what can be done{}",
                    summary_.prompts.empty() ? "" : "Enter answers, Ctrl-U clears, ",
                    interrupt_words()),
        Paint::Faint);
  }

  /// What Ctrl-C would do next.
  std::string_view interrupt_words() const {
    switch (summary_.status) {
      case RunStatus::Running:
      case RunStatus::Pausing:
      case RunStatus::Paused:
      case RunStatus::Waiting:
      case RunStatus::Suspended:
        return ", Ctrl-C stop after this step";
      case RunStatus::Stopping:
        return ", Ctrl-C again: end this step now";
      case RunStatus::Aborting:
        return ", Ctrl-C again: kill it";
      case RunStatus::Idle:
      case RunStatus::Stopped:
      case RunStatus::Aborted:
      case RunStatus::Completed:
      case RunStatus::Broken:
        return "";
    }
    return "";
  }

  void add_typed(const Prompt& prompt) {
    const TypedLine& typed = options_.typed;
    const std::string question =
        typed.reason ? fmt::format("{}, because", typed.value) : expected_answers(prompt);
    const std::string ask = fit(fit(printable(question), room_ / 2) + "> ", room_);
    lines_.push_back({.weight = Weight::Headline,
                      .text = painted(ask, Paint::Strong, options_.colour) +
                              fit_end(typed.text, room_ - columns(ask))});
  }

  std::vector<std::string> fitted() {
    const auto most = static_cast<std::size_t>(std::max(1, options_.height - 1));
    while (lines_.size() > most) {
      // The last of the least important: what was added first is read first.
      auto least = lines_.begin();
      for (auto line = lines_.begin(); line != lines_.end(); ++line) {
        least = line->weight >= least->weight ? line : least;
      }
      lines_.erase(least);
    }
    std::vector<std::string> result;
    result.reserve(lines_.size());
    for (Line& line : lines_) {
      result.push_back(std::move(line.text));
    }
    return result;
  }

  const RunSummary& summary_;
  const ViewOptions& options_;
  int room_;
  std::vector<Line> lines_;
};

}  // namespace

std::vector<std::string> render_block(const RunSummary& summary, const ViewOptions& options) {
  return Block{summary, options}.lines();
}

}  // namespace fat

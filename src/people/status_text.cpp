// RunSummary -> a few lines. Pure.
#include "fat/people/status_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "people/columns.hpp"
#include "people/next_steps.hpp"
#include "people/paint.hpp"
#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr std::size_t kOpenShown = 4;
constexpr std::size_t kQuestionsShown = 2;
constexpr std::size_t kAdviceShown = 3;
constexpr std::size_t kWhyLines = 6;

/// Collects lines; foreign text is made safe and broken to the width.
class Page {
 public:
  explicit Page(int width) : width_(std::max(width, 40)) {}

  void line(std::string_view text) { text_ += fit(printable(text), width_) + '\n'; }

  void command(std::string_view text) { text_ += printable(text) + '\n'; }  // to be copied: whole

  void paragraph(std::string_view text, std::size_t lines) {
    for (const std::string& part : wrapped(printable(text), width_, lines)) {
      text_ += part + '\n';
    }
  }

  std::string text() && { return std::move(text_); }

 private:
  int width_;
  std::string text_;
};

std::string head(const RunSummary& summary) {
  return fmt::format("run {} is {}{}",
                     summary.run,
                     capitals(to_string(summary.status)),
                     summary.virtual_station ? " on the VIRTUAL station" : "");
}

std::string describe(const OpenAttempt& attempt, const Instant& now) {
  std::string text = attempt.key.list == StepList::Main
                         ? fmt::format("[{}] {}", attempt.index, attempt.key.title)
                         : fmt::format("{} (safe state, backup or set-up)", attempt.key.title);
  if (attempt.key.list == StepList::Main && attempt.key.attempt > 1) {
    text += fmt::format(" (attempt {})", attempt.key.attempt);
  }
  text += attempt.background ? ", in the background" : "";
  if (attempt.remaining) {
    return text + fmt::format(", waits, {} left", to_text(*attempt.remaining));
  }
  text += ", for " + to_text(elapsed(attempt.started, now));
  if (attempt.progress && std::isfinite(*attempt.progress)) {
    text += fmt::format(", {:.0f} %", std::floor(100 * std::clamp(*attempt.progress, 0.0, 1.0)));
  }
  return attempt.text.empty() ? text : text + ": " + attempt.text;
}

void add_open(Page& page, const RunSummary& summary, const Instant& now) {
  for (std::size_t i = 0; i < summary.open.size() && i < kOpenShown; ++i) {
    page.line("now:     " + describe(summary.open[i], now));
  }
  if (summary.open.size() > kOpenShown) {
    page.line(fmt::format("         and {} more", summary.open.size() - kOpenShown));
  }
}

void add_lock(Page& page, const RunSummary& summary) {
  if (summary.lock) {
    page.paragraph(fmt::format("locked:  by {} until {}{}",
                               summary.lock->who,
                               to_local_text(summary.lock->until),
                               summary.lock->note.empty() ? "" : ": " + summary.lock->note),
                   2);
  }
}

void add_questions(Page& page, const RunSummary& summary) {
  for (std::size_t i = 0; i < summary.prompts.size() && i < kQuestionsShown; ++i) {
    const Prompt& prompt = summary.prompts[i];
    page.paragraph(fmt::format("question {}{}: {}",
                               prompt.id,
                               prompt.step.empty() ? "" : " (" + prompt.step + ")",
                               prompt.text),
                   2);
  }
  if (summary.prompts.size() > kQuestionsShown) {
    page.line(plural(summary.prompts.size() - kQuestionsShown, "more question") + " after that");
  }
}

/// Who is called next while nobody says that he has seen it.
void add_alerts(Page& page, const RunSummary& summary) {
  for (std::size_t i = 0; i < summary.alerts.size() && i < kQuestionsShown; ++i) {
    const auto& alert = summary.alerts[i];
    const bool question = !alert.id.starts_with('c');
    if (!question) {
      page.paragraph(fmt::format("message {}: {}", alert.id, alert.text), 2);
    }
    if (!alert.acknowledged.empty()) {
      page.line(fmt::format("         {} has seen it", alert.acknowledged));
      continue;
    }
    if (alert.next_at) {
      page.line(
          fmt::format("         {} is called at {}", alert.next, to_local_text(*alert.next_at)));
    }
    if (alert.next_at || !question) {
      page.line("         `fatmaster ack` says that you see to it");
    }
  }
}

void add_shift(Page& page, const RunSummary& summary) {
  if (summary.on_call.since) {
    page.line(fmt::format(
        "shift:   {}, since {}", summary.on_call.shifter, to_local_text(*summary.on_call.since)));
  }
}

void add_ahead(Page& page, const RunSummary& summary) {
  const auto ahead = steps_ahead(summary);
  if (ahead.empty()) {
    return;
  }
  const auto& state = ahead.front()->state;
  const bool says_more = state.starts_with("retry") || state.starts_with("waits");
  page.line(fmt::format(
      "next:    {}{}", label(*ahead.front()), says_more ? fmt::format(" ({})", state) : ""));
  const auto person = std::ranges::find_if(
      ahead, [](const StepSummary* step) { return step->kind == StepKind::Prompt; });
  if (person != ahead.end() && person != ahead.begin()) {
    const bool is_next = summary.prompts.empty() && summary.eta && summary.eta->next_person;
    page.paragraph(
        "person:  needed for " + label(**person) + (is_next ? " " + person_text(*summary.eta) : ""),
        2);
  }
}

void add_end(Page& page, const RunSummary& summary) {
  if (summary.eta && summary.eta->end) {
    page.paragraph(summary.prompts.empty() ? "end:     expected " + end_text(*summary.eta)
                                           : "then:    " + after_answer_text(*summary.eta),
                   2);
    page.paragraph(conditions_text(*summary.eta), 2);
  }
}

/// Results that do not count.
void add_environment(Page& page, const RunSummary& summary) {
  const auto is_out = [](const StepSummary& step) { return !step.environment.empty(); };
  const auto number = std::ranges::count_if(summary.steps, is_out);
  if (number == 0) {
    return;
  }
  const auto first = std::ranges::find_if(summary.steps, is_out);
  page.paragraph(fmt::format("not valid: {} measured out of its environment: {}{}",
                             label(*first),
                             first->environment,
                             number == 1 ? "" : fmt::format("; and {} more", number - 1)),
                 2);
}

void add_advice(Page& page, const RunSummary& summary, std::size_t most) {
  const auto advice = next_steps(summary);
  for (std::size_t i = 0; i < advice.size() && i < most; ++i) {
    page.command((i == 0 ? "type:    " : "         ") + advice[i]);
  }
}

bool goes_on(RunStatus status) {
  return status == RunStatus::Running || status == RunStatus::Pausing ||
         status == RunStatus::Stopping;
}

}  // namespace

std::string status_text(const RunSummary& summary, const Instant& now, int width) {
  Page page{width};
  page.line(head(summary));
  page.line("schedule " + summary.schedule_file);
  page.line(fmt::format("steps:   {} of {}, after {}",
                        to_text(count(summary.steps)),
                        summary.steps.size(),
                        to_text(total_time(summary, now.wall))));
  add_environment(page, summary);
  if (summary.status != RunStatus::Running && !summary.why.empty()) {
    page.paragraph("why:     " + summary.why, 2);
  }
  add_open(page, summary, now);
  for (const std::string& pending : summary.pending) {
    page.line("pending: " + pending);
  }
  add_lock(page, summary);
  add_shift(page, summary);
  add_questions(page, summary);
  add_alerts(page, summary);
  add_ahead(page, summary);
  add_end(page, summary);
  add_advice(page, summary, kAdviceShown);
  return std::move(page).text();
}

std::string why_text(const RunSummary& summary, const Instant& now, int width) {
  Page page{width};
  if (summary.status == RunStatus::Completed) {
    page.line(head(summary) + ": " + to_text(count(summary.steps)) + ".");
  } else if (goes_on(summary.status)) {
    page.line(head(summary) + ": it goes on.");
  } else {
    page.line(head(summary) + " and does not go on by itself" +
              (summary.status == RunStatus::Suspended ? " until the cause has passed." : "."));
  }
  page.paragraph(summary.why, kWhyLines);
  add_open(page, summary, now);
  for (const std::string& pending : summary.pending) {
    page.line("pending: " + pending);
  }
  add_questions(page, summary);
  add_advice(page, summary, kWhyLines);
  return std::move(page).text();
}

std::string why_text(const RunSummary& summary, const StepSummary& step, int width) {
  Page page{width};
  page.line(
      fmt::format("{} of run {}: {}{}",
                  label(step),
                  summary.run,
                  step.state,
                  step.attempts > 1 ? fmt::format(", after {} attempts", step.attempts) : ""));
  page.paragraph(step.reason, kWhyLines);
  for (const Prompt& prompt : summary.prompts) {
    if (prompt.step == step.title) {
      page.paragraph(fmt::format("question {}: {}", prompt.id, prompt.text), 3);
    }
  }
  const auto ahead = steps_ahead(summary);
  const auto place = std::ranges::find_if(
      ahead, [&](const StepSummary* other) { return other->title == step.title; });
  if (place != ahead.end() && place != ahead.begin()) {
    page.line(fmt::format("before it: {}, next {}",
                          plural(static_cast<std::size_t>(place - ahead.begin()), "step"),
                          label(*ahead.front())));
  }
  if (step.attempts > 0) {
    page.command("type:    fatmaster show " + shell_word(step.title));
  }
  if (!goes_on(summary.status) && !step.outcome) {
    page.paragraph(fmt::format("the run itself is {}: {}", to_string(summary.status), summary.why),
                   kWhyLines);
    add_advice(page, summary, kAdviceShown);
  }
  return std::move(page).text();
}

}  // namespace fat

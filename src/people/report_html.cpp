// A report -> one page that needs nothing else.
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "fat/model/run_paths.hpp"
#include "fat/people/run_report.hpp"
#include "people/markup.hpp"
#include "people/report_modules.hpp"
#include "people/report_style.hpp"
#include "people/report_timeline.hpp"
#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {

namespace {

constexpr std::string_view kWide = "<div class=\"wide\"><table>";
constexpr std::string_view kWideEnd = "</table></div>\n";

std::string minute(WallTime when) {
  return to_local_text(when).substr(0, 16);
}

std::string outcome_badge(const std::optional<Outcome>& outcome, const std::string& otherwise) {
  return outcome ? fmt::format("<span class=\"{0}\">{0}</span>", to_string(*outcome))
                 : fmt::format("<span class=\"open\">{}</span>", markup(otherwise));
}

std::string answer_text(const ReportedPrompt& prompt) {
  if (prompt.value.empty()) {
    return prompt.answered ? "withdrawn" : "open";
  }
  return markup(prompt.value);
}

/// The address of a picture's kind; nullptr: it is none that a page shows.
const char* picture_kind(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, const char*>, 4> kinds{
      {{".svg", "image/svg+xml"},
       {".png", "image/png"},
       {".jpg", "image/jpeg"},
       {".jpeg", "image/jpeg"}}};
  for (const auto& [end, kind] : kinds) {
    if (name.ends_with(end)) {
      return kind;
    }
  }
  return nullptr;
}

/// The page, section by section.
class ReportPage {
 public:
  ReportPage(const RunReport& report, const ArtifactReader& read, WallTime now)
      : report_(report), summary_(report.summary), read_(read), now_(now) {
    for (const auto& attempt : report.attempts) {
      if (attempt.key.list == StepList::Main) {
        attempts_[attempt.key.title].push_back(&attempt);
      }
    }
  }

  std::string text();

 private:
  std::string head() const;
  std::string tiles() const;
  std::string not_run() const;
  std::string steps() const;
  std::string attempts_of(const StepSummary& step) const;
  std::string questions() const;
  std::string actions() const;
  std::string environment() const;
  std::string software() const;
  std::string pictures();
  std::string picture(const ReportedAttempt& attempt, const std::string& name);

  const RunReport& report_;
  const RunSummary& summary_;
  const ArtifactReader& read_;
  WallTime now_;
  std::map<std::string, std::vector<const ReportedAttempt*>>
      attempts_;          ///< of main steps, by title
  std::size_t used_ = 0;  ///< bytes of pictures in the page
};

std::string ReportPage::head() const {
  auto html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data: 'self' file:\">\n<title>run {0}: {1}</title>\n<style>{2}"
      "</style>\n</head>\n<body>\n",
      summary_.run,
      to_string(summary_.status),
      kReportStyle);
  if (summary_.virtual_station) {
    html += "<p class=\"virtual\">VIRTUAL station: no real hardware was measured.</p>\n";
  }
  html += fmt::format("<h1>Run {} is {}</h1>\n<p class=\"faint\">{}, schedule {}</p>\n",
                      summary_.run,
                      to_string(summary_.status),
                      markup(report_.station),
                      markup(summary_.schedule_file));
  if (!summary_.terminated.empty()) {
    html += fmt::format("<p>It was ended: {}</p>\n", markup(summary_.terminated));
  }
  return html +
         "<nav><a href=\"#modules\">modules</a><a href=\"#time\">timeline</a><a href=\"#steps\">"
         "steps</a><a href=\"#people\">people</a><a href=\"#plots\">plots</a><a "
         "href=\"#software\">software</a></nav>\n";
}

std::string ReportPage::tiles() const {
  std::map<Verdict, int> verdicts;
  for (const auto& module : summary_.modules) {
    ++verdicts[module.verdict];
  }
  std::string html = "<div class=\"tiles\">\n";
  const auto tile = [&](const std::string& value, const std::string& what) {
    html += fmt::format("<div class=\"tile\"><b>{}</b>{}</div>\n", value, what);
  };
  for (const auto& [verdict, count] : verdicts) {
    tile(std::to_string(count), (count == 1 ? "module " : "modules ") + badge(verdict));
  }
  if (!summary_.verdicts_declared) {
    tile("no verdicts", "nothing in the plan declares a measurement");
  }
  tile(std::to_string(summary_.steps.size()), "steps: " + to_text(count(summary_.steps)));
  tile(to_text(total_time(summary_, now_)),
       (summary_.started ? "from " + minute(*summary_.started) : std::string{"not started"}) +
           (summary_.ended ? " to " + minute(*summary_.ended) : ""));
  return html + "</div>\n";
}

std::string ReportPage::not_run() const {
  std::string rows;
  for (const auto& step : summary_.steps) {
    if (step.outcome != Outcome::Done) {
      rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                          markup(label(step)),
                          outcome_badge(step.outcome, step.state),
                          markup(step.reason));
    }
  }
  return rows.empty() ? std::string{"<p>Every step was done.</p>\n"}
                      : fmt::format("<h3>What was not done</h3>\n{}{}{}", kWide, rows, kWideEnd);
}

std::string ReportPage::attempts_of(const StepSummary& step) const {
  std::string told;
  const auto known = attempts_.find(step.title);
  if (known == attempts_.end()) {
    return told;
  }
  for (const auto* one : known->second) {
    const auto& attempt = *one;
    const bool plain = attempt.outcome == Outcome::Done && attempt.messages.empty() &&
                       attempt.without.empty() && step.attempts == 1;
    if (plain) {
      continue;
    }
    told += fmt::format("<div>attempt {} {}: {}, {}{}</div>",
                        attempt.key.attempt,
                        minute(attempt.started),
                        outcome_badge(attempt.outcome, "running"),
                        to_text(attempt.ran),
                        attempt.reason.empty() ? "" : ": " + markup(attempt.reason));
    for (const auto& serial : attempt.without) {
      told += fmt::format("<div class=\"faint\">without {} (quarantine)</div>", markup(serial));
    }
    for (const auto& [level, text] : attempt.messages) {
      told += fmt::format(
          "<div class=\"{}\">{}</div>", level == "critical" ? "failed" : "marginal", markup(text));
    }
  }
  return told;
}

std::string ReportPage::steps() const {
  auto html = fmt::format(
      "<h2 id=\"steps\">Steps</h2>\n{}<tr><th>step</th><th>task</th><th>outcome</th><th "
      "class=\"n\">attempts</th><th class=\"n\">took</th><th>started</th><th>remarks</th></tr>\n",
      kWide);
  for (const auto& step : summary_.steps) {
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}"
        "</td><td>{}</td></tr>\n",
        markup(label(step)),
        markup(step.task),
        outcome_badge(step.outcome, step.state),
        step.attempts,
        step.ran.count() == 0 ? "" : to_text(step.ran),
        step.started ? minute(*step.started) : "",
        step.attempts == 0 ? markup(step.reason) : attempts_of(step));
  }
  return html + std::string{kWideEnd};
}

std::string ReportPage::questions() const {
  if (report_.prompts.empty()) {
    return "<p>Nobody was asked anything.</p>\n";
  }
  auto html = fmt::format(
      "<h3>Questions</h3>\n{}<tr><th>asked</th><th>step</th><th>question</th><th>answer</th><th>by"
      "</th><th>after</th></tr>\n",
      kWide);
  for (const auto& one : report_.prompts) {
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}{}</td><td>{}</td><td>{}</td></tr>\n",
        minute(one.asked),
        markup(one.prompt.step),
        markup(one.prompt.text),
        answer_text(one),
        one.reason.empty() ? "" : ": " + markup(one.reason),
        markup(one.who),
        one.answered ? to_text(*one.answered - one.asked) : "");
  }
  return html + std::string{kWideEnd};
}

std::string ReportPage::actions() const {
  auto html = fmt::format(
      "<h3>Events</h3>\n{}<tr><th>when</th><th>what</th><th>why</th><th>who</th></tr>\n", kWide);
  for (const auto& one : report_.actions) {
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        minute(one.at),
                        markup(one.what),
                        markup(one.reason),
                        markup(one.who));
  }
  return html + std::string{kWideEnd};
}

std::string ReportPage::environment() const {
  std::string rows;
  for (const auto& step : summary_.steps) {
    if (!step.environment.empty()) {
      rows += fmt::format(
          "<tr><td>{}</td><td>{}</td></tr>\n", markup(label(step)), markup(step.environment));
    }
  }
  return rows.empty()
             ? rows
             : fmt::format(
                   "<h3>Measured outside of what is valid</h3>\n{}{}{}", kWide, rows, kWideEnd);
}

std::string ReportPage::software() const {
  std::string html = "<h2 id=\"software\">Software</h2>\n<ul>\n";
  for (const auto& version : report_.versions) {
    html += fmt::format("<li>{}</li>\n", markup(version));
  }
  for (const auto& code : report_.code) {
    html += fmt::format("<li>{}</li>\n", markup(code));
  }
  return html + fmt::format("</ul>\n<p class=\"faint\">written {}</p>\n", to_local_text(now_));
}

/// In the page while there is room; else linked.
std::string ReportPage::picture(const ReportedAttempt& attempt, const std::string& name) {
  const auto caption = fmt::format("{}: {}", markup(attempt.key.title), markup(name));
  if (const auto bytes = used_ < kMostPictures ? read_(attempt, name) : std::nullopt;
      bytes && used_ + bytes->size() <= kMostPictures) {
    used_ += bytes->size();
    return fmt::format(
        "<figure><img alt=\"{0}\" "
        "src=\"data:{1};base64,{2}\"><figcaption>{0}</figcaption></figure>\n",
        caption,
        picture_kind(name),
        base64(*bytes));
  }
  const auto path = attempt_folder({}, attempt.key, attempt.index) / name;
  return fmt::format("<figure><figcaption><a href=\"{}\">{}</a></figcaption></figure>\n",
                     markup(path.string()),
                     caption);
}

std::string ReportPage::pictures() {
  std::string html;
  for (const auto& attempt : report_.attempts) {
    for (const auto& name : attempt.artifacts) {
      const bool below = name.find("..") == std::string::npos && !name.starts_with('/');
      if (below && picture_kind(name) != nullptr) {
        html += picture(attempt, name);
      }
    }
  }
  return html.empty() ? html
                      : "<h2 id=\"plots\">Plots</h2>\n<div class=\"plots\">\n" + html + "</div>\n";
}

std::string ReportPage::text() {
  return head() + tiles() + "<h2 id=\"modules\">Modules</h2>\n" + verdict_table(report_) +
         unpassed_table(report_) + not_run() + module_tables(report_) +
         "<h2 id=\"time\">Timeline</h2>\n" + report_timeline(report_, now_) + environment() +
         steps() + "<h2 id=\"people\">People and events</h2>\n" + questions() + actions() +
         pictures() + software() + "</body>\n</html>\n";
}

}  // namespace

std::string report_html(const RunReport& report, const ArtifactReader& read, WallTime now) {
  return ReportPage{report, read, now}.text();
}

}  // namespace fat

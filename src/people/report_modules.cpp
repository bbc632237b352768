#include "people/report_modules.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "people/markup.hpp"

namespace fat {

namespace {

/// The values of one name, of one channel of a module, that have the same limits.
struct Row {
  const Measurement* first = nullptr;
  Verdict verdict = Verdict::NotRun;  ///< the worst of what counts
  bool judged = false;
  std::vector<const ReportedMeasurement*> values;
};

using RowKey = std::tuple<std::string, std::string, std::string>;  // channel, name, limits

std::string bounds_text(const std::optional<double>& min, const std::optional<double>& max) {
  if (min && max) {
    return *min == *max ? fmt::format("exactly {:g}", *min)
                        : fmt::format("{:g} to {:g}", *min, *max);
  }
  if (min) {
    return fmt::format("at least {:g}", *min);
  }
  return max ? fmt::format("at most {:g}", *max) : std::string{};
}

std::string limits_text(const Limits& limits) {
  auto text = bounds_text(limits.min, limits.max);
  const auto add = [&](const char* words, const std::optional<double>& bound) {
    if (bound) {
      text += fmt::format("{}marginal {} {:g}", text.empty() ? "" : ", ", words, *bound);
    }
  };
  add("below", limits.warn_min);
  add("above", limits.warn_max);
  return text;
}

std::map<RowKey, Row> rows_of(const RunReport& report, const std::string& serial) {
  std::map<RowKey, Row> rows;
  for (const auto& one : report.measurements) {
    const auto& measurement = one.measurement;
    if (measurement.module != serial) {
      continue;
    }
    auto& row = rows[{measurement.channel, measurement.name, limits_text(measurement.limits)}];
    row.first = row.first == nullptr ? &measurement : row.first;
    row.values.push_back(&one);
    if (one.counts && one.verdict) {
      row.verdict = worst(row.verdict, *one.verdict);
      row.judged = true;
    }
  }
  return rows;
}

/// "812 [4]": the value and the step it was measured in; in brackets what does not count.
std::string value_text(const RunReport& report, const ReportedMeasurement& one) {
  const auto text =
      fmt::format("{:.5g}&nbsp;[{}]", one.measurement.value, report.attempts[one.attempt].index);
  return one.counts ? text : "(" + text + ")";
}

std::string values_cell(const RunReport& report, const Row& row) {
  if (row.values.size() == 1) {
    return fmt::format("<td class=\"values\">step {}</td>",
                       markup(report.attempts[row.values[0]->attempt].key.title));
  }
  double low = row.values[0]->measurement.value;
  double high = low;
  std::string all;
  for (const auto* one : row.values) {
    low = std::fmin(low, one->measurement.value);
    high = std::fmax(high, one->measurement.value);
    all += value_text(report, *one) + " ";
  }
  return fmt::format(
      "<td class=\"values\"><details><summary>{} values, {:.5g} to "
      "{:.5g}</summary>{}</details></td>",
      row.values.size(),
      low,
      high,
      all);
}

std::string row_text(const RunReport& report, const Row& row) {
  const auto& last = row.values.back()->measurement;
  return fmt::format(
      "<tr><td>{}</td><td>{}</td><td class=\"n\">{:.6g} {}</td><td>{}</td><td>{}</td>{}</tr>\n",
      markup(last.channel),
      markup(last.name),
      last.value,
      markup(last.unit),
      limits_text(last.limits),
      row.judged ? badge(row.verdict) : "<span class=\"faint\">recorded</span>",
      values_cell(report, row));
}

std::string module_table(const RunReport& report, const ModuleSummary& module) {
  auto html =
      fmt::format("<h3 id=\"{0}\">{0} {1}</h3>\n", markup(module.serial), badge(module.verdict));
  if (!module.reason.empty()) {
    html += fmt::format("<p>{}</p>\n", markup(module.reason));
  }
  const auto rows = rows_of(report, module.serial);
  if (rows.empty()) {
    return html + "<p class=\"faint\">nothing was measured</p>\n";
  }
  html +=
      "<div class=\"wide\"><table><tr><th>PMT</th><th>measurement</th><th class=\"n\">last value"
      "</th><th>limits</th><th>verdict</th><th>measured</th></tr>\n";
  for (const auto& [key, row] : rows) {
    html += row_text(report, row);
  }
  return html + "</table></div>\n";
}

}  // namespace

std::string badge(Verdict verdict) {
  const char* sign = nullptr;
  switch (verdict) {
    case Verdict::NotRun:
      return R"(<span class="not_run">&ndash; not run</span>)";
    case Verdict::Passed:
      sign = "&#10003;";
      break;
    case Verdict::Marginal:
      sign = "&#9651;";
      break;
    case Verdict::Inconclusive:
      sign = "?";
      break;
    case Verdict::Failed:
      sign = "&#10007;";
      break;
  }
  return fmt::format("<span class=\"{0}\">{1} {0}</span>", to_string(verdict), sign);
}

std::string unpassed_table(const RunReport& report) {
  constexpr std::size_t most = 200;
  std::string rows;
  std::size_t count = 0;
  for (const auto& one : report.measurements) {
    if (!one.counts || !one.verdict || *one.verdict == Verdict::Passed || ++count > most) {
      continue;
    }
    const auto& [module, channel, name, value, unit, limits] = one.measurement;
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{:.6g} {}</td><td>{}</td><td>{}</td>"
        "<td>{}</td></tr>\n",
        markup(module),
        markup(channel),
        markup(name),
        value,
        markup(unit),
        limits_text(limits),
        badge(*one.verdict),
        markup(report.attempts[one.attempt].key.title));
  }
  if (count == 0) {
    return "<p>Every measurement with limits is within them.</p>\n";
  }
  return fmt::format(
      "<h3>What is not within its limits</h3>\n<div class=\"wide\"><table><tr><th>module</th><th>"
      "PMT</th><th>measurement</th><th class=\"n\">value</th><th>limits</th><th>verdict</th><th>"
      "step</th></tr>\n{}</table></div>\n{}",
      rows,
      count > most ? fmt::format("<p>and {} more: --csv has them all</p>\n", count - most) : "");
}

std::string verdict_table(const RunReport& report) {
  std::string html =
      "<div class=\"wide\"><table><tr><th>module</th><th>verdict</th><th>lower PMT</th><th>upper "
      "PMT</th><th class=\"n\">steps with a result</th><th>why</th></tr>\n";
  for (const auto& module : report.summary.modules) {
    html += fmt::format(
        "<tr><td><a href=\"#{0}\">{0}</a></td><td>{1}</td><td>{2}</td><td>{3}</td><td class=\"n\">"
        "{4} of {5}</td><td>{6}</td></tr>\n",
        markup(module.serial),
        badge(module.verdict),
        badge(verdict_of(report, module.serial, "lower")),
        badge(verdict_of(report, module.serial, "upper")),
        module.steps_with_result,
        module.steps_planned,
        markup(module.quarantined ? module.quarantine : module.reason));
  }
  return html + "</table></div>\n";
}

std::string module_tables(const RunReport& report) {
  std::string html;
  for (const auto& module : report.summary.modules) {
    html += module_table(report, module);
  }
  return html;
}

}  // namespace fat

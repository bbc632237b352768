// A report as data for programs: JSON, CSV, JUnit.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"
#include "fat/people/run_report.hpp"
#include "people/csv_cell.hpp"
#include "people/markup.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

Json time_or_null(const std::optional<WallTime>& when) {
  return when ? Json(to_iso_utc(*when)) : Json(nullptr);
}

/// JSON has no infinities.
Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

void add_limit(Json& json, const char* name, const std::optional<double>& limit) {
  if (limit) {
    json[name] = number(*limit);
  }
}

double in_seconds(Microseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

Json attempt_json(const ReportedAttempt& attempt) {
  Json verdicts = Json::array();
  for (const auto& [module, verdict, reason] : attempt.verdicts) {
    verdicts.push_back({{"module", module}, {"verdict", to_string(verdict)}, {"reason", reason}});
  }
  Json messages = Json::array();
  for (const auto& [level, text] : attempt.messages) {
    messages.push_back({{"level", level}, {"text", text}});
  }
  return {{"list", to_string(attempt.key.list)},
          {"index", attempt.index},
          {"step", attempt.key.title},
          {"attempt", attempt.key.attempt},
          {"kind", to_string(attempt.kind)},
          {"started", to_iso_utc(attempt.started)},
          {"ended", time_or_null(attempt.ended)},
          {"outcome", attempt.outcome ? Json(to_string(*attempt.outcome)) : Json(nullptr)},
          {"reason", attempt.reason},
          {"seconds", in_seconds(attempt.ran)},
          {"without", attempt.without},
          {"artifacts", attempt.artifacts},
          {"verdicts", std::move(verdicts)},
          {"messages", std::move(messages)}};
}

Json measurement_json(const ReportedMeasurement& one) {
  const auto& [module, channel, name, value, unit, limits] = one.measurement;
  Json json{{"attempt", one.attempt},
            {"module", module},
            {"channel", channel},
            {"name", name},
            {"value", number(value)},
            {"unit", unit}};
  add_limit(json, "min", limits.min);
  add_limit(json, "max", limits.max);
  add_limit(json, "warn_min", limits.warn_min);
  add_limit(json, "warn_max", limits.warn_max);
  json["verdict"] = one.verdict ? Json(to_string(*one.verdict)) : Json(nullptr);
  json["counts"] = one.counts;
  return json;
}

Json prompt_json(const ReportedPrompt& prompt) {
  return {{"id", prompt.prompt.id},
          {"step", prompt.prompt.step},
          {"text", prompt.prompt.text},
          {"asked", to_iso_utc(prompt.asked)},
          {"answered", time_or_null(prompt.answered)},
          {"value", prompt.value},
          {"who", prompt.who},
          {"reason", prompt.reason}};
}

template <class List, class Function>
Json array_of(const List& list, const Function& function) {
  auto json = Json::array();
  for (const auto& one : list) {
    json.push_back(function(one));
  }
  return json;
}

std::string number_cell(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

std::string interval_text(const Limits& limits) {
  return fmt::format("[{}, {}]", number_cell(limits.min), number_cell(limits.max));
}

/// Of one module; nothing that is only a record.
std::string suite(const RunReport& report, const ModuleSummary& module) {
  std::string cases;
  int tests = 0;
  int failures = 0;
  int skipped = 0;
  for (const auto& one : report.measurements) {
    const auto& measurement = one.measurement;
    if (!one.counts || !one.verdict || measurement.module != module.serial) {
      continue;
    }
    ++tests;
    const auto& attempt = report.attempts[one.attempt];
    cases += fmt::format(R"(    <testcase classname="{}.{}" name="{}{}" time="{:.3f}">)",
                         markup(module.serial),
                         markup(attempt.key.title),
                         measurement.channel.empty() ? "" : markup(measurement.channel) + " ",
                         markup(measurement.name),
                         in_seconds(attempt.ran));
    const auto told = fmt::format("{:g} {} against {}",
                                  measurement.value,
                                  markup(measurement.unit),
                                  interval_text(measurement.limits));
    if (*one.verdict == Verdict::Failed) {
      ++failures;
      cases += fmt::format("<failure message=\"{}\"/>", told);
    } else if (*one.verdict == Verdict::Inconclusive) {
      ++skipped;
      cases += fmt::format("<skipped message=\"inconclusive: {}\"/>", told);
    }
    cases += "</testcase>\n";
  }
  if (module.steps_with_result < module.steps_planned) {
    ++tests;
    ++skipped;
    cases += fmt::format(
        "    <testcase classname=\"{0}\" name=\"every step\"><skipped message=\"{1} of {2} steps "
        "without a result\"/></testcase>\n",
        markup(module.serial),
        module.steps_planned - module.steps_with_result,
        module.steps_planned);
  }
  return fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n{}"
      "  </testsuite>\n",
      markup(module.serial),
      tests,
      failures,
      skipped,
      cases);
}

}  // namespace

std::string report_json(const RunReport& report) {
  const Json json{{"schema", 1},
                  {"station", report.station},
                  {"summary", Json::parse(to_json_text(report.summary))},
                  {"versions", report.versions},
                  {"code", report.code},
                  {"attempts", array_of(report.attempts, attempt_json)},
                  {"measurements", array_of(report.measurements, measurement_json)},
                  {"prompts", array_of(report.prompts, prompt_json)},
                  {"actions",
                   array_of(report.actions,
                            [](const ReportedAction& one) {
                              return Json{{"at", to_iso_utc(one.at)},
                                          {"who", one.who},
                                          {"what", one.what},
                                          {"reason", one.reason}};
                            })},
                  {"readings", array_of(report.readings, [](const ReportedReading& one) {
                     return Json{{"at", to_iso_utc(one.at)},
                                 {"signal", one.signal},
                                 {"value", number(one.value)},
                                 {"unit", one.unit}};
                   })}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string report_csv(const RunReport& report) {
  std::string text =
      "run,step,title,attempt,ended,module,channel,name,value,unit,min,max,warn_min,warn_max,"
      "verdict,counts\n";
  for (const auto& one : report.measurements) {
    const auto& [module, channel, name, value, unit, limits] = one.measurement;
    const auto& attempt = report.attempts[one.attempt];
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n",
                        report.summary.run,
                        attempt.index,
                        csv_cell(attempt.key.title),
                        attempt.key.attempt,
                        attempt.ended ? to_iso_utc(*attempt.ended) : "",
                        csv_cell(module),
                        csv_cell(channel),
                        csv_cell(name),
                        value,
                        csv_cell(unit),
                        number_cell(limits.min),
                        number_cell(limits.max),
                        number_cell(limits.warn_min),
                        number_cell(limits.warn_max),
                        one.verdict ? to_string(*one.verdict) : "",
                        one.counts ? "yes" : "no");
  }
  return text;
}

std::string report_junit(const RunReport& report) {
  std::string suites;
  for (const auto& module : report.summary.modules) {
    suites += suite(report, module);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"run {}{}\">\n{}</testsuites>",
      report.summary.run,
      report.summary.virtual_station ? " (VIRTUAL)" : "",
      suites);
}

}  // namespace fat

// A step's story -> the documented JSON of `fatmaster show --json`.
#include <nlohmann/json.hpp>

#include "cli/step_story_text.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/plan/step_edits.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

double seconds(Microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

Json keys_as_json(const Step& step) {
  auto keys = Json::array();
  for (const auto& key : keys_of(step)) {
    keys.push_back({{"name", key.name}, {"value", key.value}});
  }
  return keys;
}

template <class T>
void put(Json& json, const char* name, const std::optional<T>& value) {
  if (value) {
    json[name] = *value;
  }
}

void put_end(Json& json, const AttemptStory& attempt) {
  if (!attempt.end) {
    return;
  }
  const auto& end = *attempt.end;
  json["ended"] = to_iso_utc(attempt.ended);
  json["outcome"] = to_string(end.outcome);
  json["cause"] = to_string(end.cause);
  json["reason"] = end.reason;
  json["timed_out"] = end.timed_out;
  json["try_later"] = end.try_later;
  put(json, "status", end.status);
  put(json, "signal", end.signal);
  json["ran"] = seconds(end.ran);
  json["processor"] = seconds(end.processor);
  json["max_rss_kib"] = end.max_rss_kib;
  json["survivors"] = end.survivors;
}

void put_said(Json& json, const AttemptReported& said) {
  json["measurements"] = Json::array();
  for (const auto& measurement : said.measurements) {
    json["measurements"].push_back(measurement_as_json(measurement));
  }
  json["verdicts"] = Json::array();
  for (const auto& verdict : said.verdicts) {
    json["verdicts"].push_back({{"module", verdict.module},
                                {"verdict", to_string(verdict.verdict)},
                                {"reason", verdict.reason}});
  }
  json["modules"] = Json::array();
  for (const auto& module : said.modules) {
    json["modules"].push_back(
        {{"module", module.module}, {"responsive", module.responsive}, {"reason", module.reason}});
  }
  json["messages"] = Json::array();
  for (const auto& message : said.messages) {
    json["messages"].push_back({{"level", message.level}, {"text", message.text}});
  }
  json["artifacts"] = said.artifacts;
  json["checkpoint"] = said.checkpoint;
}

Json code_json(const CodeStory& code) {
  Json json{{"name", code.unit.name},
            {"code", code.unit.code},
            {"changed", code.changed},
            {"files", Json::array()},
            {"repositories", Json::array()}};
  for (const auto& file : code.files) {
    json["files"].push_back({{"path", file.path}, {"sha256", file.sha256}});
  }
  for (const auto& one : code.repositories) {
    json["repositories"].push_back(
        {{"folder", one.folder}, {"commit", one.commit}, {"state", one.state}});
  }
  return json;
}

Json attempt_json(const StepHeading& heading, const AttemptStory& attempt) {
  const auto& start = attempt.start;
  Json json{{"attempt", start.key.attempt},
            {"plan_version", start.plan_version},
            {"verify", start.verify},
            {"adopted", attempt.adopted},
            {"started", to_iso_utc(attempt.started)},
            {"folder", attempt_folder(heading.run_folder, start.key, start.index).string()}};
  if (attempt.code) {
    json["code"] = code_json(*attempt.code);
  }
  put_end(json, attempt);
  put_said(json, attempt.said);
  return json;
}

}  // namespace

Json measurement_as_json(const Measurement& measurement) {
  Json json{{"module", measurement.module},
            {"channel", measurement.channel},
            {"name", measurement.name},
            {"value", measurement.value},
            {"unit", measurement.unit}};
  put(json, "min", measurement.limits.min);
  put(json, "max", measurement.limits.max);
  put(json, "warn_min", measurement.limits.warn_min);
  put(json, "warn_max", measurement.limits.warn_max);
  if (const auto verdict = judge(measurement)) {
    json["verdict"] = to_string(*verdict);
  }
  return json;
}

std::string step_story_json(const StepHeading& heading, const StepStory& story) {
  const auto& [list, index, step] = heading.place;
  Json json{{"step",
             {{"list", to_string(list)},
              {"index", index},
              {"title", step->title},
              {"task", step->task},
              {"kind", to_string(step->kind)},
              {"state", heading.state},
              {"keys", keys_as_json(*step)}}},
            {"attempts", Json::array()},
            {"decisions", Json::array()}};
  for (const auto& attempt : story.attempts) {
    json["attempts"].push_back(attempt_json(heading, attempt));
  }
  for (const auto& decision : story.decisions) {
    json["decisions"].push_back(
        {{"at", to_iso_utc(decision.at)}, {"who", decision.who}, {"text", decision.text}});
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fat

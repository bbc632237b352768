#include "fat/model/run_summary.hpp"

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

#include "model/bounded_json.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;  // Json(x) below: Json{x} would be a list with x in it

double seconds(Microseconds time) {
  return std::chrono::duration<double>{time}.count();
}

Json to_json(const std::optional<WallTime>& when) {
  return when ? Json(to_iso_utc(*when)) : Json();
}

Json to_json(const TimeRange& range) {
  return Json{{"early", to_iso_utc(range.early)},
              {"likely", to_iso_utc(range.likely)},
              {"late", to_iso_utc(range.late)}};
}

Json to_json(const std::optional<HumanAction>& action) {
  return action
             ? Json{{"step", action->step}, {"what", action->what}, {"when", to_json(action->when)}}
             : Json();
}

Json to_json(const std::optional<Eta>& eta) {
  if (!eta) {
    return nullptr;
  }
  return Json{{"end", eta->end ? to_json(*eta->end) : Json()},
              {"next_person", to_json(eta->next_person)},
              {"then_person", to_json(eta->then_person)},
              {"questions_ahead", eta->questions_ahead},
              {"estimated_steps", eta->estimated_steps},
              {"guessed_steps", eta->guessed_steps}};
}

Json to_json(const OpenAttempt& open) {
  return Json{{"list", to_string(open.key.list)},
              {"title", open.key.title},
              {"attempt", open.key.attempt},
              {"index", open.index},
              {"kind", to_string(open.kind)},
              {"started", to_iso_utc(open.started.wall)},
              {"adopted", open.adopted},
              {"needs", open.needs},
              {"background", open.background},
              {"progress", open.progress ? Json(*open.progress) : Json()},
              {"text", open.text},
              {"expected_s", open.expected ? Json(seconds(*open.expected)) : Json()},
              {"remaining_s", open.remaining ? Json(seconds(*open.remaining)) : Json()},
              {"asked_to_end", open.asked_to_end ? Json(to_string(*open.asked_to_end)) : Json()}};
}

Json to_json(const Prompt& prompt, const PromptTimes* times) {
  return Json{{"id", prompt.id},
              {"purpose", to_string(prompt.purpose)},
              {"kind", to_string(prompt.kind)},
              {"step", prompt.step},
              {"text", prompt.text},
              {"choices", prompt.choices},
              {"default", prompt.default_value},
              {"reason_required", prompt.reason_required},
              {"expected", expected_answers(prompt)},
              {"asked", times != nullptr ? Json(to_iso_utc(times->asked)) : Json()},
              {"deadline", times != nullptr ? to_json(times->deadline) : Json()}};
}

Json prompts_json(const RunSummary& summary) {
  auto list = Json::array();
  for (std::size_t i = 0; i < summary.prompts.size(); ++i) {
    const auto* times = i < summary.prompt_times.size() ? &summary.prompt_times[i] : nullptr;
    list.push_back(to_json(summary.prompts[i], times));
  }
  return list;
}

Json to_json(const ModuleSummary& module) {
  return Json{{"serial", module.serial},
              {"verdict", to_string(module.verdict)},
              {"steps_with_result", module.steps_with_result},
              {"steps_planned", module.steps_planned},
              {"reason", module.reason},
              {"quarantined", module.quarantined},
              {"quarantine", module.quarantine}};
}

Json to_json(const ChangeCounters& counters) {
  return Json{{"mark", change_mark(counters)},
              {"events", counters.events},
              {"plan", counters.plan},
              {"steps", counters.steps},
              {"prompts", counters.prompts},
              {"reports", counters.reports}};
}

Json to_json(const std::optional<LockSummary>& lock) {
  return lock ? Json{{"who", lock->who}, {"note", lock->note}, {"until", to_iso_utc(lock->until)}}
              : Json();
}

Json to_json(const OnCall& on_call) {
  return Json{{"person", on_call.shifter},
              {"since", to_json(on_call.since)},
              {"expert", on_call.expert},
              {"escalate", on_call.escalate},
              {"escalate_after_s", seconds(on_call.escalate_after)}};
}

Json to_json(const AlertSummary& alert) {
  return Json{{"id", alert.id},
              {"text", alert.text},
              {"since", to_iso_utc(alert.since)},
              {"acknowledged_by", alert.acknowledged},
              {"called", alert.called},
              {"next", alert.next},
              {"next_at", to_json(alert.next_at)}};
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(
      text, [](char one) { return one >= ' ' && one <= '~' && one != '"' && one != '\\'; });
}

void add_value(std::string& line, std::string_view text) {
  if (is_plain(text)) {
    line.append(1, '"').append(text).append(1, '"');
    return;
  }
  line += dump_text(Json(text));
}

void add_value(std::string& line, const std::optional<WallTime>& when) {
  if (!when) {
    line += "null";
    return;
  }
  add_value(line, to_iso_utc(*when));
}

/// As the summary's other parts would be written. By hand: a browser asks for thousands of them at
/// once, beside a run that needs its time.
void add_row(std::string& line, const StepSummary& step) {
  line.append(R"({"index":)").append(std::to_string(step.index));
  add_value(line += R"(,"title":)", step.title);
  add_value(line += R"(,"task":)", step.task);
  add_value(line += R"(,"kind":)", to_string(step.kind));
  add_value(line += R"(,"state":)", step.state);
  line += R"(,"outcome":)";
  if (step.outcome) {
    add_value(line, to_string(*step.outcome));
  } else {
    line += "null";
  }
  line.append(R"(,"attempts":)").append(std::to_string(step.attempts));
  add_value(line += R"(,"started":)", step.started);
  add_value(line += R"(,"ended":)", step.ended);
  line.append(R"(,"ran_s":)").append(Json(seconds(step.ran)).dump());
  add_value(line += R"(,"reason":)", step.reason);
  add_value(line += R"(,"environment":)", step.environment);
  line += "}";
}

/// One more member of the object that the text is.
void add_rows(std::string& text, const char* name, const std::vector<StepSummary>& steps) {
  text.pop_back();
  text.append(",\"").append(name).append("\":[");
  for (const auto& step : steps) {
    add_row(text, step);
    text += ",";
  }
  if (!steps.empty()) {
    text.pop_back();
  }
  text += "]}";
}

template <typename Items>
Json to_list(const Items& items) {
  auto list = Json::array();
  for (const auto& item : items) {
    list.push_back(to_json(item));
  }
  return list;
}

}  // namespace

std::string change_mark(const ChangeCounters& counters) {
  return std::to_string(counters.events) + "." + std::to_string(counters.reports);
}

std::string to_json_text(const ChangeCounters& counters) {
  return to_json(counters).dump();
}

std::string to_json_text(const RunSummary& summary, const SummaryForm& form) {
  Json json{{"run", summary.run},
            {"status", to_string(summary.status)},
            {"why", summary.why},
            {"schedule", summary.schedule_file},
            {"run_json", summary.run_file},
            {"virtual", summary.virtual_station},
            {"started", to_json(summary.started)},
            {"ended", to_json(summary.ended)},
            {"exit_code", summary.ended ? Json(summary.exit_code) : Json()},
            {"eta", to_json(summary.eta)},
            {"plan_version", summary.plan_version},
            {"lock", to_json(summary.lock)},
            {"shift", to_json(summary.on_call)},
            {"alerts", to_list(summary.alerts)},
            {"counters", to_json(summary.counters)},
            {"pending", summary.pending},
            {"prompts", prompts_json(summary)},
            {"open", to_list(summary.open)},
            {"verdicts_declared", summary.verdicts_declared},
            {"modules", to_list(summary.modules)}};
  if (form.comment) {
    json["comment"] = *form.comment;
  }
  auto text = dump_text(json);
  if (form.steps) {
    add_rows(text, "steps", summary.steps);
  }
  if (form.moved) {
    add_rows(text, "moved", *form.moved);
  }
  return text;
}

}  // namespace fat

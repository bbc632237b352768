// One line of a step's report channel -> what the step says.
#include "fat/model/report_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "model/bounded_json.hpp"

namespace fat {

namespace {

using ReportJson = nlohmann::json;

constexpr std::size_t kLongestLine = 1'048'576;
// Replacing bytes that are not text makes a line up to three times longer.
constexpr JsonLimits kLineLimits{.max_bytes = 4 * kLongestLine, .max_depth = 16};
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kMostChoices = 100;
constexpr double kLongestDeadline = 10 * 366 * 86400.0;  // seconds

UnknownReport unknown(std::string why) {
  return {std::move(why)};
}

const ReportJson* find(const ReportJson& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

/// "" when absent or no text; cleaned and cut.
std::string text_of(const ReportJson& object, const char* key) {
  const ReportJson* const value = find(object, key);
  const auto* const text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
  return text == nullptr ? "" : plain_text(*text, kLongestText);
}

/// A number, or what stands for one that is not finite: null, "nan", "inf", ... nullopt for
/// anything else.
std::optional<double> value_of(const ReportJson& value) {
  constexpr std::array<std::string_view, 9> not_finite{
      "nan", "NaN", "NAN", "inf", "-inf", "Infinity", "-Infinity", "Inf", "-Inf"};
  if (value.is_number()) {
    return value.get<double>();
  }
  const auto* const word = value.get_ptr<const std::string*>();
  const bool stands_for_one =
      word != nullptr && std::ranges::find(not_finite, *word) != not_finite.end();
  return value.is_null() || stands_for_one ? std::optional{std::numeric_limits<double>::quiet_NaN()}
                                           : std::nullopt;
}

/// Absent and null mean no limit. False when it is something else than a number.
bool read_limit(const ReportJson& object, const char* key, std::optional<double>& limit) {
  const ReportJson* const value = find(object, key);
  if (value == nullptr || value->is_null()) {
    return true;
  }
  limit = value->is_number() ? std::optional{value->get<double>()} : std::nullopt;
  return limit.has_value();
}

Report read_progress(const ReportJson& line) {
  const ReportJson& fraction = *find(line, "progress");
  if (!fraction.is_number() || fraction.get<double>() < 0 || fraction.get<double>() > 1) {
    return unknown("progress: must be a number from 0 to 1");
  }
  return ProgressReport{fraction.get<double>(), text_of(line, "text")};
}

Report read_heartbeat(const ReportJson&) {
  return Heartbeat{};
}

Report read_measurement(const ReportJson& line) {
  const ReportJson& fields = *find(line, "measurement");
  if (!fields.is_object()) {
    return unknown("measurement: must be an object");
  }
  const ReportJson* const value = find(fields, "value");
  const auto number = value == nullptr ? std::nullopt : value_of(*value);
  if (!number) {
    return unknown("measurement: 'value' must be a number");
  }
  Measurement measurement{.module = text_of(fields, "module"),
                          .channel = text_of(fields, "channel"),
                          .name = text_of(fields, "name"),
                          .value = *number,
                          .unit = text_of(fields, "unit"),
                          .limits = {}};
  Limits& limits = measurement.limits;
  if (!read_limit(fields, "min", limits.min) || !read_limit(fields, "max", limits.max) ||
      !read_limit(fields, "warn_min", limits.warn_min) ||
      !read_limit(fields, "warn_max", limits.warn_max)) {
    return unknown("measurement: a limit must be a number");
  }
  if (measurement.name.empty() || measurement.module.empty()) {
    return unknown("measurement: 'module' and 'name' must be texts");
  }
  return MeasurementReport{std::move(measurement)};
}

Report read_module(const ReportJson& line) {
  ModuleReport report{text_of(line, "module"), text_of(line, "state"), text_of(line, "reason")};
  if (report.module.empty()) {
    return unknown("module: must be the module's serial number");
  }
  if (report.state != "responsive" && report.state != "unresponsive") {
    return unknown("module: 'state' must be responsive or unresponsive");
  }
  return report;
}

/// The path within the attempt folder, or "" when it could lead anywhere else.
std::string inner_path(const std::string& text) {
  if (text.empty() || text.size() > kLongestText || plain_text(text, kLongestText) != text) {
    return "";
  }
  const auto path = std::filesystem::path{text}.lexically_normal();
  const bool outside = path.is_absolute() || *path.begin() == "..";
  const bool folder = !path.has_filename() || path == ".";
  return outside || folder ? "" : path.string();
}

Report read_artifact(const ReportJson& line) {
  const auto* const file = find(line, "artifact")->get_ptr<const std::string*>();
  auto path = file == nullptr ? std::string{} : inner_path(*file);
  if (path.empty()) {
    return unknown("artifact: must be the relative path of a file in the step's folder");
  }
  return ArtifactReport{std::move(path), text_of(line, "mime")};
}

/// A message with a level nobody knows is still a message, and worth a look.
Report read_message(const ReportJson& line) {
  MessageReport report{text_of(line, "message"), text_of(line, "level")};
  if (report.text.empty()) {
    return unknown("message: must be a text");
  }
  if (report.level.empty()) {
    report.level = "info";
  } else if (report.level != "info" && report.level != "critical") {
    report.level = "warning";
  }
  return report;
}

Report read_verdict(const ReportJson& line) {
  const auto verdict = parse_verdict(text_of(line, "verdict"));
  auto module = text_of(line, "module");
  if (!verdict || module.empty()) {
    return unknown(
        "verdict: must be passed, marginal, inconclusive, failed or not_run of a module");
  }
  return VerdictReport{std::move(module), *verdict, text_of(line, "reason")};
}

Report read_checkpoint(const ReportJson& line) {
  if (!find(line, "checkpoint")->is_string()) {
    return unknown("checkpoint: must be a text");
  }
  return CheckpointReport{text_of(line, "checkpoint")};
}

Report read_reading(const ReportJson& line) {
  const ReportJson* const value = find(line, "value");
  const auto number = value == nullptr ? std::nullopt : value_of(*value);
  auto name = text_of(line, "reading");
  if (!number || name.empty()) {
    return unknown("reading: needs a name and a 'value' that is a number");
  }
  return ReadingReport{std::move(name), *number, text_of(line, "unit")};
}

/// Distinct texts that are not empty; nullopt when they are anything else.
std::optional<std::vector<std::string>> read_texts(const ReportJson& prompt, const char* name) {
  const ReportJson* const list = find(prompt, name);
  std::vector<std::string> choices;
  if (list == nullptr || list->is_null()) {
    return choices;
  }
  if (!list->is_array() || list->size() > kMostChoices) {
    return std::nullopt;
  }
  for (const ReportJson& element : *list) {
    const auto* const text = element.get_ptr<const std::string*>();
    auto choice = text == nullptr ? std::string{} : plain_text(*text, kLongestText);
    if (choice.empty() || std::ranges::find(choices, choice) != choices.end()) {
      return std::nullopt;
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

/// Seconds. False when there is one that cannot be used.
bool read_seconds(const ReportJson& prompt, const char* name, std::optional<Microseconds>& length) {
  const ReportJson* const value = find(prompt, name);
  if (value == nullptr || value->is_null()) {
    return true;
  }
  const double seconds = value->is_number() ? value->get<double>() : -1;
  if (seconds > 0 && seconds <= kLongestDeadline) {
    length = Microseconds{std::llround(seconds * 1e6)};
  }
  return length.has_value();
}

Report read_prompt(const ReportJson& line) {
  const ReportJson& fields = *find(line, "prompt");
  if (!fields.is_object()) {
    return unknown("prompt: must be an object");
  }
  const auto kind =
      find(fields, "kind") == nullptr ? PromptKind::Ok : parse_prompt_kind(text_of(fields, "kind"));
  const auto choices = read_texts(fields, "choices");
  if (!kind || !choices || (*kind == PromptKind::Choice) == choices->empty()) {
    return unknown("prompt: 'kind' must be ok, number, text, or choice with a list of 'choices'");
  }
  Prompt prompt;
  prompt.purpose = PromptPurpose::StepQuestion;
  prompt.kind = *kind;
  prompt.text = text_of(fields, "text");
  prompt.choices = *choices;
  prompt.default_value = text_of(fields, "default");
  if (prompt.text.empty()) {
    return unknown("prompt: 'text' must say what is asked");
  }
  if (!read_seconds(fields, "deadline", prompt.deadline) ||
      !read_seconds(fields, "remind_every", prompt.remind_every)) {
    return unknown("prompt: 'deadline' and 'remind_every' must be a number of seconds");
  }
  auto persons = read_texts(fields, "escalate_to");
  if (!persons) {
    return unknown("prompt: 'escalate_to' must be a list of persons of station.ini");
  }
  prompt.escalate_to = std::move(*persons);
  if (!prompt.default_value.empty() && !parse_answer(prompt, prompt.default_value)) {
    return unknown(fmt::format("prompt: 'default' must be {}", expected_answers(prompt)));
  }
  return PromptReport{std::move(prompt)};
}

struct ReportKind {
  const char* key;
  Report (*read)(const ReportJson& line);
};

/// "module" comes last: a verdict has that key too.
constexpr std::array kReportKinds{ReportKind{"progress", &read_progress},
                                  ReportKind{"heartbeat", &read_heartbeat},
                                  ReportKind{"measurement", &read_measurement},
                                  ReportKind{"artifact", &read_artifact},
                                  ReportKind{"message", &read_message},
                                  ReportKind{"verdict", &read_verdict},
                                  ReportKind{"checkpoint", &read_checkpoint},
                                  ReportKind{"reading", &read_reading},
                                  ReportKind{"prompt", &read_prompt},
                                  ReportKind{"module", &read_module}};

/// Python's json writes NaN and Infinity, which are not JSON: a value lost for that would let a
/// module pass unseen.
std::string without_bare_nan(std::string_view text) {
  constexpr std::array<std::string_view, 3> words{"-Infinity", "Infinity", "NaN"};
  std::string result;
  bool in_string = false;
  while (!text.empty()) {
    const auto* const word =
        in_string ? words.end()
                  : std::ranges::find_if(words, [&](auto one) { return text.starts_with(one); });
    if (word != words.end()) {
      result += "null";
      text.remove_prefix(word->size());
      continue;
    }
    const std::size_t length = in_string && text.front() == '\\' && text.size() > 1 ? 2 : 1;
    in_string = in_string != (text.front() == '"');
    result += text.substr(0, length);
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace

Report parse_report(std::string_view line) {
  if (line.size() > kLongestLine) {
    return unknown("the line is longer than 1 MiB");
  }
  const auto text = valid_utf8(line);
  auto object = parse_bounded(text, kLineLimits);
  if (!object) {
    object = parse_bounded(without_bare_nan(text), kLineLimits);
  }
  if (!object || !object->is_object()) {
    return unknown("the line is not a JSON object");
  }
  for (const auto& kind : kReportKinds) {
    if (object->contains(kind.key)) {
      return kind.read(*object);
    }
  }
  return unknown("the line has none of the known keys");
}

std::optional<ReportFileLine> parse_report_file_line(std::string_view line) {
  constexpr std::string_view before = R"({"at":)", between = R"(,"report":)", after = "}";
  constexpr std::size_t most_digits = 18;
  if (!line.starts_with(before) || !line.ends_with(after)) {
    return std::nullopt;
  }
  line.remove_prefix(before.size());
  line.remove_suffix(after.size());
  const auto digits = line.substr(0, line.find_first_not_of("0123456789"));
  line.remove_prefix(digits.size());
  if (digits.empty() || digits.size() > most_digits || !line.starts_with(between)) {
    return std::nullopt;
  }
  line.remove_prefix(between.size());
  Microseconds::rep at = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), at);
  if (line.empty()) {
    return std::nullopt;
  }
  return ReportFileLine{WallTime{Microseconds{at}}, line};
}

}  // namespace fat

// Reports -> JSON lines for the shim, or lines for a person.
#include "fat/tasks/report_writers.hpp"

#include <cerrno>
#include <cmath>
#include <ostream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no word for what is not finite; the reader of the channel takes these texts.
Json number(double value) {
  if (std::isnan(value)) {
    return "nan";
  }
  return std::isfinite(value) ? Json(value) : Json(value > 0 ? "inf" : "-inf");
}

struct ToJson {
  Json operator()(const ProgressReport& it) const {
    return {{"progress", it.fraction}, {"text", it.text}};
  }

  Json operator()(const Heartbeat& /*it*/) const { return {{"heartbeat", true}}; }

  Json operator()(const MeasurementReport& it) const {
    const auto& measurement = it.measurement;
    Json fields{{"module", measurement.module}};
    if (!measurement.channel.empty()) {
      fields["channel"] = measurement.channel;
    }
    fields["name"] = measurement.name;
    fields["value"] = number(measurement.value);
    fields["unit"] = measurement.unit;
    const auto limit = [&](const char* name, const std::optional<double>& value) {
      if (value) {
        fields[name] = *value;
      }
    };
    limit("min", measurement.limits.min);
    limit("max", measurement.limits.max);
    limit("warn_min", measurement.limits.warn_min);
    limit("warn_max", measurement.limits.warn_max);
    return {{"measurement", fields}};
  }

  Json operator()(const ModuleReport& it) const {
    return {{"module", it.module}, {"state", it.state}, {"reason", it.reason}};
  }

  Json operator()(const ArtifactReport& it) const {
    return {{"artifact", it.file}, {"mime", it.mime}};
  }

  Json operator()(const MessageReport& it) const {
    return {{"message", it.text}, {"level", it.level}};
  }

  Json operator()(const VerdictReport& it) const {
    return {{"verdict", to_string(it.verdict)}, {"module", it.module}, {"reason", it.reason}};
  }

  Json operator()(const CheckpointReport& it) const { return {{"checkpoint", it.text}}; }

  Json operator()(const ReadingReport& it) const {
    return {{"reading", it.name}, {"value", number(it.value)}, {"unit", it.unit}};
  }

  Json operator()(const PromptReport& it) const {
    Json prompt{{"text", it.prompt.text}, {"kind", to_string(it.prompt.kind)}};
    if (!it.prompt.choices.empty()) {
      prompt["choices"] = it.prompt.choices;
    }
    return {{"prompt", prompt}};
  }

  Json operator()(const UnknownReport& /*it*/) const { return {}; }
};

struct ToText {
  std::string operator()(const ProgressReport& it) const {
    return fmt::format("{:3.0f} %  {}", 100 * it.fraction, it.text);
  }

  std::string operator()(const Heartbeat& /*it*/) const { return {}; }

  std::string operator()(const MeasurementReport& it) const {
    const auto& measurement = it.measurement;
    const auto verdict = judge(measurement);
    return fmt::format("{} {}{}{} = {:g}{}{}{}",
                       measurement.module,
                       measurement.channel,
                       measurement.channel.empty() ? "" : " ",
                       measurement.name,
                       measurement.value,
                       measurement.unit.empty() ? "" : " ",
                       measurement.unit,
                       verdict ? fmt::format("  ({})", to_string(*verdict)) : "");
  }

  std::string operator()(const ModuleReport& it) const {
    return fmt::format("{} is {}: {}", it.module, it.state, it.reason);
  }

  std::string operator()(const ArtifactReport& it) const { return "file: " + it.file; }

  std::string operator()(const MessageReport& it) const {
    return it.level == "info" ? it.text : it.level + ": " + it.text;
  }

  std::string operator()(const VerdictReport& it) const {
    return fmt::format("{} {}: {}", it.module, to_string(it.verdict), it.reason);
  }

  std::string operator()(const CheckpointReport& it) const { return "checkpoint: " + it.text; }

  std::string operator()(const ReadingReport& it) const {
    return fmt::format("{} = {:g} {}", it.name, it.value, it.unit);
  }

  std::string operator()(const PromptReport& it) const { return "? " + it.prompt.text; }

  std::string operator()(const UnknownReport& /*it*/) const { return {}; }
};

}  // namespace

std::string to_json_line(const Report& report) {
  const auto json = std::visit(ToJson{}, report);
  return json.is_null() ? std::string{} : json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void JsonReporter::report(const Report& report) {
  auto line = to_json_line(report);
  if (line.empty()) {
    return;
  }
  line += '\n';
  const std::scoped_lock lock{mutex_};
  std::string_view left = line;
  while (!left.empty()) {
    const auto count = ::write(descriptor_, left.data(), left.size());
    if (count < 0 && errno != EINTR) {
      throw std::system_error{errno, std::generic_category(), "report channel"};
    }
    left.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
}

void TextReporter::report(const Report& report) {
  const auto line = std::visit(ToText{}, report);
  if (line.empty()) {
    return;
  }
  const std::scoped_lock lock{mutex_};
  out_ << line << '\n' << std::flush;
}

}  // namespace fat

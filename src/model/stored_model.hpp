// The stored fields of what both events and plans hold. Private: only .cpp files include it.
#pragma once

#include <type_traits>

#include "fat/model/measurement.hpp"
#include "fat/model/plan.hpp"
#include "model/stored_fields.hpp"

namespace fat {

template <>
inline constexpr auto kParseWord<StepList> = &parse_step_list;
template <>
inline constexpr auto kParseWord<StepKind> = &parse_step_kind;
template <>
inline constexpr auto kParseWord<Recovery> = &parse_recovery;
template <>
inline constexpr auto kParseWord<OnFailure> = &parse_on_failure;

void describe(auto& fields, std::type_identity<Limits>) {
  fields("min", &Limits::min);
  fields("max", &Limits::max);
  fields("warn_min", &Limits::warn_min);
  fields("warn_max", &Limits::warn_max);
}

void describe(auto& fields, std::type_identity<Measurement>) {
  fields("module", &Measurement::module);
  fields("channel", &Measurement::channel);
  fields("name", &Measurement::name);
  fields("value", &Measurement::value, Keep::Always);
  fields("unit", &Measurement::unit);
  fields("limits", &Measurement::limits);
}

void describe(auto& fields, std::type_identity<SourceLine>) {
  fields("file", &SourceLine::file);
  fields("line", &SourceLine::line);
}

void describe(auto& fields, std::type_identity<Argument>) {
  fields("name", &Argument::name);
  fields("value", &Argument::value);
  fields("line", &Argument::line);
}

void describe(auto& fields, std::type_identity<RetryOn>) {
  fields("error", &RetryOn::error);
  fields("timeout", &RetryOn::timeout);
}

void describe(auto& fields, std::type_identity<PromisedMeasurement>) {
  fields("name", &PromisedMeasurement::name);
  fields("min", &PromisedMeasurement::min);
  fields("max", &PromisedMeasurement::max);
  fields("unit", &PromisedMeasurement::unit);
}

void describe(auto& fields, std::type_identity<Window>) {
  fields("signal", &Window::signal, Keep::Always);
  fields("low", &Window::low);
  fields("high", &Window::high);
  fields("unit", &Window::unit);
  fields("max_age_us", &Window::max_age, Keep::Always);
}

void describe(auto& fields, std::type_identity<Step>) {
  fields("title", &Step::title, Keep::Always);
  fields("kind", &Step::kind, Keep::Always);
  fields("task", &Step::task);
  fields("package", &Step::package);
  fields("command", &Step::command);
  fields("shell", &Step::shell);
  fields("arguments", &Step::arguments);
  fields("timeout", &Step::timeout);
  fields("silence_timeout", &Step::silence_timeout);
  fields("attempts", &Step::attempts);
  fields("retry_delay", &Step::retry_delay);
  fields("retry_on", &Step::retry_on);
  fields("on_failure", &Step::on_failure);
  fields("recovery", &Step::recovery);
  fields("run_backup", &Step::run_backup);
  fields("leave_running", &Step::leave_running);
  fields("needs", &Step::needs);
  fields("background", &Step::background);
  fields("after", &Step::after);
  fields("valid_when", &Step::valid_when);
  fields("tags", &Step::tags);
  fields("measurements", &Step::measurements);
  fields("estimate", &Step::estimate);
  fields("source", &Step::source);
}

}  // namespace fat

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

}  // namespace fat

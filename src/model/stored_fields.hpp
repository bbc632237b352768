// A struct and the list of its fields -> JSON and back. Private: only .cpp files include it.
//
// Each stored struct has one `describe(fields, std::type_identity<Struct>)`, found by its argument,
// that calls `fields("name", &Struct::member)` for every member. A member that has its default is
// left out, except enumerators (their words are always written) and those marked `Keep::Always`,
// which must be there when read. So a default in a header is part of the stored form: changing one
// changes what old journals say.
#pragma once

#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "fat/model/instant.hpp"
#include "model/bounded_json.hpp"

namespace fat {

enum class Keep : std::uint8_t { WhenSet, Always };

/// Set to the enum's parse function wherever it is stored.
template <class Enum>
inline constexpr auto kParseWord = nullptr;

template <class>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
nlohmann::ordered_json encode_fields(const T& object);

inline nlohmann::ordered_json encode_number(double value) {
  if (std::isfinite(value)) {
    return value;
  }
  if (std::isnan(value)) {
    return "nan";
  }
  return value > 0 ? "inf" : "-inf";
}

/// The stored form of one value.
template <class T>
nlohmann::ordered_json encode(const T& value) {
  if constexpr (std::same_as<T, double>) {
    return encode_number(value);
  } else if constexpr (std::same_as<T, std::string> || std::is_arithmetic_v<T>) {
    return value;
  } else if constexpr (std::is_enum_v<T>) {
    return std::string{to_string(value)};
  } else if constexpr (std::same_as<T, Microseconds>) {
    return value.count();
  } else if constexpr (std::same_as<T, WallTime>) {
    return value.time_since_epoch().count();
  } else if constexpr (kIsOptional<T>) {
    return value ? encode(*value) : nlohmann::ordered_json{};
  } else if constexpr (kIsVector<T>) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& element : value) {
      list.push_back(encode(element));
    }
    return list;
  } else {
    return encode_fields(value);
  }
}

template <class T>
bool is_default(const T& value, [[maybe_unused]] const T& standard) {
  if constexpr (std::is_enum_v<T>) {
    return false;
  } else if constexpr (kIsVector<T>) {
    return value.empty();
  } else if constexpr (kIsOptional<T>) {
    return !value.has_value();
  } else {
    return value == standard;
  }
}

/// Called by describe(): collects the members of one object.
template <class T>
class FieldWriter {
 public:
  explicit FieldWriter(const T& object) : object_{object} {}

  template <class Member>
  void operator()(const char* name, Member T::*member, Keep keep = Keep::WhenSet) {
    static const T standard{};
    if (keep == Keep::Always || !is_default(object_.*member, standard.*member)) {
      json_.emplace(name, encode(object_.*member));
    }
  }

  nlohmann::ordered_json take() { return std::move(json_); }

 private:
  const T& object_;
  nlohmann::ordered_json json_ = nlohmann::ordered_json::object();
};

template <class T>
nlohmann::ordered_json encode_fields(const T& object) {
  FieldWriter<T> fields{object};
  describe(fields, std::type_identity<T>{});
  return fields.take();
}

/// What is wrong with a text: "'index' must be a whole number". Empty: nothing.
using Complaint = std::string;

/// A value within a text that is being read: of simdjson, because what a resume after 100,000 steps
/// waits for is the reading of what was written.
using StoredValue = simdjson::dom::element;

template <class T>
Complaint decode_fields(const StoredValue& json, T& object);

template <class Integer, class Number>
Complaint take_integer(Number number, Integer& value) {
  if (!std::in_range<Integer>(number)) {
    return "must be a whole number within its range";
  }
  value = static_cast<Integer>(number);
  return {};
}

template <std::integral Integer>
Complaint decode_integer(const StoredValue& json, Integer& value) {
  std::int64_t number = 0;
  std::uint64_t large = 0;
  const bool whole = json.get(number) == simdjson::SUCCESS;
  if (!whole && json.get(large) != simdjson::SUCCESS) {
    return "must be a whole number within its range";
  }
  return whole ? take_integer(number, value) : take_integer(large, value);
}

Complaint decode_number(const StoredValue& json, double& value);
Complaint decode_bool(const StoredValue& json, bool& value);
Complaint decode_text(const StoredValue& json, std::string& value);

template <class T>
Complaint decode(const StoredValue& json, T& value);

template <class Enum>
Complaint decode_word(const StoredValue& json, Enum& value) {
  std::string_view word;
  const auto parsed = json.get(word) == simdjson::SUCCESS ? kParseWord<Enum>(word) : std::nullopt;
  if (!parsed) {
    return "is not one of the known words";
  }
  value = *parsed;
  return {};
}

template <class T>
Complaint decode_list(const StoredValue& json, std::vector<T>& list) {
  simdjson::dom::array elements;
  if (json.get(elements) != simdjson::SUCCESS) {
    return "must be a list";
  }
  list.clear();
  list.reserve(elements.size());
  for (const auto element : elements) {
    if (auto complaint = decode(element, list.emplace_back()); !complaint.empty()) {
      return "has an element that " + complaint;
    }
  }
  return {};
}

template <class T>
Complaint decode_optional(const StoredValue& json, std::optional<T>& value) {
  if (json.is_null()) {
    value.reset();
    return {};
  }
  return decode(json, value.emplace());
}

/// Counts of microseconds, for both durations and moments.
template <class T>
Complaint decode_time(const StoredValue& json, T& value) {
  Microseconds::rep count = 0;
  auto complaint = decode_integer(json, count);
  value = T{Microseconds{count}};
  return complaint;
}

template <class T>
Complaint decode(const StoredValue& json, T& value) {
  if constexpr (std::same_as<T, bool>) {
    return decode_bool(json, value);
  } else if constexpr (std::same_as<T, double>) {
    return decode_number(json, value);
  } else if constexpr (std::same_as<T, std::string>) {
    return decode_text(json, value);
  } else if constexpr (std::integral<T>) {
    return decode_integer(json, value);
  } else if constexpr (std::is_enum_v<T>) {
    return decode_word(json, value);
  } else if constexpr (std::same_as<T, Microseconds> || std::same_as<T, WallTime>) {
    return decode_time(json, value);
  } else if constexpr (kIsOptional<T>) {
    return decode_optional(json, value);
  } else if constexpr (kIsVector<T>) {
    return decode_list(json, value);
  } else {
    return decode_fields(json, value);
  }
}

/// Called by describe(): fills the members of one object; keeps the first complaint.
template <class T>
class FieldReader {
 public:
  FieldReader(const simdjson::dom::object& json, T& object) : json_{json}, object_{object} {}

  template <class Member>
  void operator()(const char* name, Member T::*member, Keep keep = Keep::WhenSet) {
    StoredValue found;
    Complaint complaint;
    if (json_.at_key(name).get(found) == simdjson::SUCCESS) {
      complaint = decode(found, object_.*member);
    } else if (keep == Keep::Always) {
      complaint = "is missing";
    }
    if (!complaint.empty() && complaint_.empty()) {
      complaint_ = std::string{"'"} + name + "' " + complaint;
    }
  }

  Complaint take() { return std::move(complaint_); }

 private:
  simdjson::dom::object json_;
  T& object_;
  Complaint complaint_;
};

template <class T>
Complaint decode_fields(const StoredValue& json, T& object) {
  simdjson::dom::object members;
  if (json.get(members) != simdjson::SUCCESS) {
    return "must be an object";
  }
  FieldReader<T> fields{members, object};
  describe(fields, std::type_identity<T>{});
  return fields.take();
}

/// A text read once. What its values refer to lives as long as it.
class StoredText {
 public:
  StoredText(std::string_view text, const JsonLimits& limits);

  /// nullptr when the text is too long, too deep or not JSON.
  const StoredValue* root() const { return root_ ? &*root_ : nullptr; }

 private:
  simdjson::dom::document document_;
  std::optional<StoredValue> root_;
};

/// The value that stands in a text, if one does.
template <class T>
std::optional<T> decode_stored(std::string_view text, const JsonLimits& limits) {
  const StoredText read{text, limits};
  T value;
  if (read.root() == nullptr || !decode(*read.root(), value).empty()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace fat

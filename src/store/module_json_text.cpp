// What is known about a module -> its module JSON as the original writes it.
#include "fat/store/module_json_text.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/quantity.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

Json number_of(const ModuleField& field, const std::string& text) {
  if (const auto integer = parse_integer(text)) {
    return *integer;
  }
  const auto number = parse_number(text);
  if (!number || field.kind == FieldKind::Integer) {
    throw std::logic_error{fmt::format("{} = '{}' is no number", field.name, text)};
  }
  return *number;
}

/// The object that holds the field: of "UpperPmt.HVB", UpperPmt, made when it is not there.
Json& place_of(Json& module, std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? module : module[std::string{name.substr(0, dot)}];
}

}  // namespace

std::string module_json_text(const ModuleValues& values, const ModuleAddress& address) {
  auto known = values;
  if (address.port != 0) {
    known["Port"] = std::to_string(address.port);
  }
  auto module = Json::object();
  for (const ModuleField& field : module_fields()) {
    const auto given = value_of(known, field.name);
    const auto text = given.empty() ? std::string{field.unknown} : given;
    const std::string key{field.name.substr(field.name.find('.') + 1)};
    if (field.kind == FieldKind::Text) {
      place_of(module, field.name)[key] = text;
    } else if (!text.empty()) {
      place_of(module, field.name)[key] = number_of(field, text);
    }
  }
  if (address.host != ModuleAddress{}.host) {
    module["Host"] = address.host;
  }
  return module.dump(4, ' ', true);
}

}  // namespace fat

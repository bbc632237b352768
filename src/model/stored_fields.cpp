// JSON values -> plain values, or a complaint.
#include "model/stored_fields.hpp"

namespace fat {

Complaint decode_number(const nlohmann::json& json, double& value) {
  if (json.is_number()) {
    value = json.get<double>();
    return {};
  }
  const auto* const word = json.get_ptr<const std::string*>();
  if (word != nullptr && *word == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
    return {};
  }
  if (word != nullptr && (*word == "inf" || *word == "-inf")) {
    value = *word == "inf" ? std::numeric_limits<double>::infinity()
                           : -std::numeric_limits<double>::infinity();
    return {};
  }
  return "must be a number";
}

Complaint decode_bool(const nlohmann::json& json, bool& value) {
  if (!json.is_boolean()) {
    return "must be true or false";
  }
  value = json.get<bool>();
  return {};
}

Complaint decode_text(nlohmann::json& json, std::string& value) {
  auto* const text = json.get_ptr<std::string*>();
  if (text == nullptr) {
    return "must be a text";
  }
  value = std::move(*text);
  return {};
}

}  // namespace fat

// A stranger's payload -> a JSON object within bounds; JSON -> a payload. Private: only .cpp files
// include it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace fat {

/// nullopt: it is no JSON object, longer than 4 KiB or deeper than 4.
std::optional<nlohmann::json> mqtt_object(std::string_view payload);

/// ASCII; what is no UTF-8 is replaced.
std::string mqtt_dumped(const nlohmann::ordered_json& json);

}  // namespace fat

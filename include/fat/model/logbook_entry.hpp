// The remote logbook of a station: [logbook] of station.ini.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fat/model/people_entry.hpp"

namespace fat {

/// A PSI ELOG.
struct RemoteLogbook {
  std::string url;       ///< "https://elog.example.org:8080", without the logbook, no secret in it
  std::string logbook;   ///< its name there, as it stands in a URL
  std::string user;      ///< empty: it asks for no login
  SecretPlace password;  ///< of that user
  /// Attribute and what it is set to, with ${run}, ${author}, ...: kLogbookVariables.
  std::vector<std::pair<std::string, std::string>> attributes;
  /// The least urgent message that is entered besides start, end and what people write.
  Urgency level = Urgency::Critical;
};

/// What stands in a message for a remote logbook, and can stand in an attribute.
inline constexpr std::array kLogbookVariables{
    "run", "station", "author", "kind", "status", "modules", "comment", "marker"};

/// `text` with every ${NAME} replaced by what `value` says; unknown names stay as they are.
template <class Value>
std::string filled_in(std::string_view text, const Value& value) {
  std::string filled;
  while (!text.empty()) {
    const auto begin = text.find("${");
    const auto end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) {
      break;
    }
    filled += text.substr(0, begin);
    filled += value(text.substr(begin + 2, end - begin - 2));
    text.remove_prefix(end + 1);
  }
  return filled.append(text);
}

}  // namespace fat

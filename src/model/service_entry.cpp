#include "fat/model/service_entry.hpp"

#include <algorithm>

#include "model/words.hpp"

namespace fat {

std::string_view to_string(ServiceRestart policy) {
  switch (policy) {
    case ServiceRestart::Never:
      return "never";
    case ServiceRestart::OnFailure:
      return "on-failure";
    case ServiceRestart::Always:
      return "always";
  }
  return kNoSuchWord;
}

std::optional<ServiceRestart> parse_service_restart(std::string_view text) {
  return parse_word(text, ServiceRestart::Always);
}

std::string shown_name(const ServiceEntry& service) {
  return service.group.empty() ? service.name : service.group + ":" + service.name;
}

bool is_meant(const ServiceEntry& service, std::string_view pattern) {
  return pattern == "all" || pattern == service.name || pattern == shown_name(service) ||
         (!service.group.empty() && pattern == service.group + ":*");
}

std::vector<std::string> service_patterns(const std::vector<ServiceEntry>& services) {
  std::vector<std::string> patterns;
  patterns.reserve(2 * services.size());
  for (const auto& service : services) {
    patterns.push_back(shown_name(service));
  }
  for (const auto& service : services) {
    auto group = service.group + ":*";
    if (!service.group.empty() && std::ranges::find(patterns, group) == patterns.end()) {
      patterns.push_back(std::move(group));
    }
  }
  return patterns;
}

}  // namespace fat

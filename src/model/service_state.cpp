#include "fat/model/service_state.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "model/stored_instant.hpp"
#include "model/words.hpp"

namespace fat {

template <>
inline constexpr auto kParseWord<ServicePhase> = &parse_service_phase;

void describe(auto& fields, std::type_identity<ServiceMemory>) {
  fields("said", &ServiceMemory::said);
  fields("who", &ServiceMemory::who);
  fields("phase", &ServiceMemory::phase, Keep::Always);
  fields("since", &ServiceMemory::since, Keep::Always);
  fields("number", &ServiceMemory::number, Keep::Always);
  fields("token", &ServiceMemory::token);
  fields("started", &ServiceMemory::started, Keep::Always);
  fields("begun", &ServiceMemory::begun);
  fields("again", &ServiceMemory::again);
  fields("gave_up", &ServiceMemory::gave_up);
  fields("failures", &ServiceMemory::failures, Keep::Always);
  fields("restarted", &ServiceMemory::restarted, Keep::Always);
  fields("why", &ServiceMemory::why);
}

void describe(auto& fields, std::type_identity<ServiceState>) {
  fields("name", &ServiceState::name, Keep::Always);
  fields("group", &ServiceState::group);
  fields("wanted", &ServiceState::wanted, Keep::Always);
  fields("pid", &ServiceState::pid, Keep::Always);
  fields("memory", &ServiceState::memory, Keep::Always);
}

void describe(auto& fields, std::type_identity<ServicesState>) {
  fields("at", &ServicesState::at, Keep::Always);
  fields("pid", &ServicesState::pid, Keep::Always);
  fields("services", &ServicesState::services, Keep::Always);
}

namespace {

constexpr JsonLimits kServicesLimits{.max_bytes = 4U << 20U, .max_depth = 8};
constexpr std::size_t kLongestServiceWhy = 400;
constexpr std::size_t kNameWidth = 30;  // supervisorctl's

std::string description(const ServiceState& service, const Instant& now) {
  const auto& memory = service.memory;
  auto why = plain_text(memory.why, kLongestServiceWhy);
  switch (memory.phase) {
    case ServicePhase::Running:
      return fmt::format(
          "pid {}, uptime {}", service.pid, uptime_text(elapsed(memory.started, now)));
    case ServicePhase::Stopped:
      if (memory.number == 0) {
        return "Not started";
      }
      return why.empty() ? to_local_text(memory.since.wall) : why;
    case ServicePhase::Exited:
      return fmt::format("{}{}", to_local_text(memory.since.wall), why.empty() ? "" : ": " + why);
    case ServicePhase::Starting:
    case ServicePhase::Backoff:
    case ServicePhase::Stopping:
    case ServicePhase::Fatal:
    case ServicePhase::Unknown:
      return why;
  }
  return why;
}

}  // namespace

std::string_view to_string(ServicePhase phase) {
  switch (phase) {
    case ServicePhase::Stopped:
      return "STOPPED";
    case ServicePhase::Starting:
      return "STARTING";
    case ServicePhase::Running:
      return "RUNNING";
    case ServicePhase::Backoff:
      return "BACKOFF";
    case ServicePhase::Stopping:
      return "STOPPING";
    case ServicePhase::Exited:
      return "EXITED";
    case ServicePhase::Fatal:
      return "FATAL";
    case ServicePhase::Unknown:
      return "UNKNOWN";
  }
  return kNoSuchWord;
}

std::optional<ServicePhase> parse_service_phase(std::string_view text) {
  return parse_word(text, ServicePhase::Unknown);
}

bool is_alive(ServicePhase phase) {
  switch (phase) {
    case ServicePhase::Starting:
    case ServicePhase::Running:
    case ServicePhase::Stopping:
    case ServicePhase::Unknown:
      return true;
    case ServicePhase::Stopped:
    case ServicePhase::Backoff:
    case ServicePhase::Exited:
    case ServicePhase::Fatal:
      return false;
  }
  return true;
}

std::string shown_name(const ServiceState& service) {
  return service.group.empty() ? service.name : service.group + ":" + service.name;
}

std::string to_json_text(const ServicesState& state) {
  return dump_text(encode_fields(state));
}

std::optional<ServicesState> services_state_from_json_text(std::string_view text) {
  return decode_stored<ServicesState>(text, kServicesLimits);
}

std::string services_in_words(const std::vector<ServiceState>& services, const Instant& now) {
  std::size_t width = kNameWidth;
  for (const auto& service : services) {
    width = std::max(width, shown_name(service).size());
  }
  std::string text;
  for (const auto& service : services) {
    auto line = fmt::format("{:<{}}   {:<10}{}",
                            shown_name(service),
                            width,
                            to_string(service.memory.phase),
                            description(service, now));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string uptime_text(Microseconds uptime) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(uptime).count();
  const auto days = seconds / 86400;
  const auto clock =
      fmt::format("{}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
  return days == 0 ? clock : fmt::format("{} day{}, {}", days, days == 1 ? "" : "s", clock);
}

}  // namespace fat

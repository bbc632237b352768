#include "fat/engine/service_board.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr Microseconds kMovesEvery = std::chrono::milliseconds{100};
constexpr Microseconds kSettledEvery = std::chrono::seconds{1};

/// Something is to come of it soon.
bool moves(const Service& service) {
  switch (service.memory().phase) {
    case ServicePhase::Starting:
    case ServicePhase::Stopping:
    case ServicePhase::Unknown:
      return true;
    case ServicePhase::Stopped:
      return service.is_wanted();
    case ServicePhase::Running:
      return service.is_due_to_end();
    case ServicePhase::Backoff:
    case ServicePhase::Exited:
    case ServicePhase::Fatal:
      return false;
  }
  return false;
}

}  // namespace

std::string_view to_string(ServiceVerb verb) {
  switch (verb) {
    case ServiceVerb::Start:
      return "start";
    case ServiceVerb::Stop:
      return "stop";
    case ServiceVerb::Restart:
      return "restart";
  }
  return "unknown value";
}

std::optional<ServiceVerb> parse_service_verb(std::string_view text) {
  for (const auto verb : {ServiceVerb::Start, ServiceVerb::Stop, ServiceVerb::Restart}) {
    if (text == to_string(verb)) {
      return verb;
    }
  }
  return std::nullopt;
}

ServiceBoard::ServiceBoard(const std::vector<ServiceEntry>& entries,
                           const std::vector<ServiceState>& memory,
                           std::string nonce,
                           const Instant& now)
    : nonce_(std::move(nonce)) {
  for (const auto& entry : entries) {
    const auto known = std::ranges::find(memory, entry.name, &ServiceState::name);
    services_.emplace_back(entry, known == memory.end() ? ServiceMemory{} : known->memory, now);
  }
  for (const auto& state : memory) {
    if (is_alive(state.memory.phase) &&
        std::ranges::find(entries, state.name, &ServiceEntry::name) == entries.end()) {
      ServiceEntry gone;
      gone.name = state.name;
      gone.group = state.group;
      services_.emplace_back(std::move(gone), state.memory, now)
          .stop("station.ini, which has it no more", now);
    }
  }
  std::ranges::stable_sort(
      services_, {}, [](const Service& service) { return service.entry().order; });
}

std::vector<std::size_t> ServiceBoard::meant_by(std::string_view pattern) const {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < services_.size(); ++place) {
    if (is_meant(services_[place].entry(), pattern)) {
      places.push_back(place);
    }
  }
  return places;
}

void ServiceBoard::tell(std::size_t place,
                        ServiceVerb verb,
                        const std::string& who,
                        const Instant& now) {
  auto& service = services_.at(place);
  switch (verb) {
    case ServiceVerb::Start:
      service.start(who, now);
      return;
    case ServiceVerb::Stop:
      service.stop(who, now);
      return;
    case ServiceVerb::Restart:
      service.restart(who, now);
      return;
  }
}

std::vector<ServiceOrder> ServiceBoard::evaluate(const Instant& now) {
  std::vector<ServiceOrder> orders;
  for (std::size_t place = 0; place < services_.size(); ++place) {
    if (services_[place].tick(now)) {
      orders.push_back({ServiceOrder::Kind::End, place});
    }
  }
  bool held_up = false;
  for (std::size_t place = services_.size(); place-- > 0;) {
    auto& service = services_[place];
    if (!held_up && service.is_due_to_end()) {
      service.end(now);
      orders.push_back({ServiceOrder::Kind::End, place});
    }
    held_up = held_up || service.holds_up_ends(now);
  }
  held_up = false;
  for (std::size_t place = 0; place < services_.size(); ++place) {
    auto& service = services_[place];
    if (!held_up && service.is_due_to_start(now)) {
      const auto& [name, number] = std::pair{service.entry().name, service.memory().number + 1};
      service.launch(fmt::format("service-{}-{}-{}", nonce_, name, number), now);
      orders.push_back({ServiceOrder::Kind::Launch, place});
    }
    held_up = held_up || service.holds_up_starts(now);
  }
  return orders;
}

bool ServiceBoard::is_in_transit() const {
  return std::ranges::any_of(services_, [](const Service& service) {
    return service.memory().phase == ServicePhase::Backoff || moves(service);
  });
}

Microseconds ServiceBoard::wake_after(const Instant& now) const {
  auto after = kSettledEvery;
  for (const auto& service : services_) {
    if (moves(service)) {
      return kMovesEvery;
    }
    if (service.memory().phase == ServicePhase::Backoff) {
      after = std::min(after, std::max(kMovesEvery, service.time_to_start(now)));
    }
  }
  return after;
}

ServicesState ServiceBoard::state(const Instant& now) const {
  ServicesState state{.at = now, .pid = 0, .services = {}};
  for (const auto& service : services_) {
    state.services.push_back({.name = service.entry().name,
                              .group = service.entry().group,
                              .wanted = service.is_wanted(),
                              .pid = 0,
                              .memory = service.memory()});
  }
  return state;
}

}  // namespace fat

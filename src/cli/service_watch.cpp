#include "cli/service_watch.hpp"

#include <algorithm>
#include <exception>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/bench_files.hpp"
#include "cli/program_files.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

constexpr Microseconds kServicesPublished = std::chrono::seconds{1};
constexpr Microseconds kUnknownEvery = std::chrono::seconds{2};
constexpr Microseconds kPortTakes = std::chrono::milliseconds{100};
constexpr std::size_t kLongestFate = 400;
constexpr std::size_t kMostRequests = 100;
constexpr std::chrono::seconds kPersonWaitsFor{3};
constexpr int kAfterTrouble = 1000;  // ms

std::string random_nonce() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

std::vector<ServiceState> remembered_services(const ServiceWatchParts& parts) {
  auto [state, damage] = read_services_memory(parts.files);
  if (!damage.empty()) {
    keep_damaged(parts.files.memory);
    parts.alarm(damage + "; who was told to stop is started again, unless station.ini says no");
  }
  auto services = state ? std::move(state->services) : std::vector<ServiceState>{};
  for (auto& found : services_found(parts.files, parts.clock.now())) {
    const auto known = std::ranges::find(services, found.name, &ServiceState::name);
    if (known == services.end()) {
      services.push_back(std::move(found));
    } else if (known->memory.number < found.memory.number) {  // an older file was put back
      found.memory.said = known->memory.said;
      found.memory.who = known->memory.who;
      known->memory = std::move(found.memory);
    }
  }
  return services;
}

std::string in_words(const ServiceState& service) {
  const auto& memory = service.memory;
  return fmt::format("service {}: {}{}{}",
                     shown_name(service),
                     to_string(memory.phase),
                     service.pid == 0 ? "" : fmt::format(", pid {}", service.pid),
                     memory.why.empty() ? "" : ", " + plain_text(memory.why, kLongestFate));
}

bool needs_a_person(ServicePhase phase) {
  return phase == ServicePhase::Fatal || phase == ServicePhase::Unknown;
}

void ring(const OwnedFd& bell) {
  const std::uint64_t once = 1;
  // A bell that has rung already is as good.
  [[maybe_unused]] const auto wrote = ::write(bell.get(), &once, sizeof once);
}

}  // namespace

ServiceWatch::ServiceWatch(ServiceWatchParts parts)
    : parts_(std::move(parts)),
      environments_(service_environments(parts_.station)),
      missing_(missing_variables(parts_.station)),
      bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      board_(
          parts_.station.services, remembered_services(parts_), random_nonce(), parts_.clock.now()),
      has_any_(board_.size() > 0),
      processes_(program_files().shim) {
  shown_ = board_.state(parts_.clock.now());
  for (auto& service : shown_.services) {
    if (is_alive(service.memory.phase)) {
      service.memory.phase = ServicePhase::Unknown;
      service.memory.why = "not yet looked at";
    }
  }
}

void ServiceWatch::run(const std::stop_token& stop) {
  const std::stop_callback wake{stop, [this] { ring(bell_); }};
  greet();
  make_service_folder(parts_.files, !parts_.station.group.empty());
  take_up();
  bool broken = false;
  while (!stop.stop_requested()) {
    try {
      for (const auto& [name, fate] : processes_.wait(bell_.get(), work())) {
        learn(name, fate);
      }
      broken = false;
    } catch (const std::exception& error) {
      if (!std::exchange(broken, true)) {
        parts_.alarm(fmt::format("the services are NOT supervised: {}", error.what()));
      }
      pollfd entry{.fd = bell_.get(), .events = POLLIN, .revents = 0};
      ::poll(&entry, 1, kAfterTrouble);
    }
    std::uint64_t rung = 0;
    [[maybe_unused]] const auto got = ::read(bell_.get(), &rung, sizeof rung);
  }
  store(board_);
  show();
  say_farewell();
}

void ServiceWatch::greet() const {
  parts_.say(fmt::format("supervises {} services", parts_.station.services.size()));
  for (const auto& text : missing_) {
    parts_.say(text);
  }
}

void ServiceWatch::say_farewell() const {
  std::vector<std::string> living;
  for (const auto& service : state().services) {
    if (is_alive(service.memory.phase)) {
      living.push_back(shown_name(service));
    }
  }
  if (!living.empty()) {
    parts_.say(fmt::format("services go on, and the next `fatmaster station` adopts them: {}",
                           fmt::join(living, ", ")));
  }
}

void ServiceWatch::take_up() {
  std::vector<std::string> adopted;
  for (const auto& service : board_.state(parts_.clock.now()).services) {
    if (!is_alive(service.memory.phase)) {
      continue;
    }
    const auto fate = processes_.look_at(
        service.name, service_attempt(parts_.files, service.name, service.memory));
    learn(service.name, fate);
    if (fate.kind == ServiceFate::Kind::Lives) {
      adopted.push_back(shown_name(service));
    }
  }
  if (!adopted.empty()) {
    parts_.say(fmt::format("adopts services that live: {}", fmt::join(adopted, ", ")));
  }
}

/// Returns how long nothing will have to be done, unless something happens.
Microseconds ServiceWatch::work() {
  look_at_unknown();
  probe();
  answer_people();
  const bool stored = decide();
  show();
  return stored ? board_.wake_after(parts_.clock.now()) : kServicesPublished;
}

void ServiceWatch::answer_people() {
  std::unique_lock lock{mutex_};
  auto asked = std::exchange(asked_, {});
  lock.unlock();
  for (auto& one : asked) {
    one.reply.set_value(obey(one));
  }
}

VerbReply ServiceWatch::obey(const Asked& asked) {
  auto next = board_;
  std::vector<std::string> names;
  for (const auto& pattern : asked.patterns) {
    const auto places = next.meant_by(pattern);
    if (places.empty()) {
      return {.accepted = false,
              .text = fmt::format("there is no service '{}'{}",
                                  pattern,
                                  did_you_mean(pattern, service_patterns(parts_.station.services))),
              .events = {}};
    }
    for (const auto place : places) {
      next.tell(place, asked.verb, asked.who, parts_.clock.now());
      names.push_back(shown_name(next.at(place).entry()));
    }
  }
  if (!store(next)) {
    return {.accepted = false,
            .text = "it cannot be written down (is the disk full?), so nothing is done",
            .events = {}};
  }
  board_ = std::move(next);
  show();
  auto text = fmt::format("{} {}", to_string(asked.verb), fmt::join(names, ", "));
  parts_.say(fmt::format("services: {}, says {}", text, asked.who));
  return {.accepted = true, .text = std::move(text), .events = {}};
}

void ServiceWatch::look_at_unknown() {
  const auto now = parts_.clock.now();
  if (now.boot - looked_ < kUnknownEvery) {
    return;
  }
  looked_ = now.boot;
  for (const auto& service : board_.state(now).services) {
    if (service.memory.phase == ServicePhase::Unknown) {
      learn(service.name,
            processes_.look_at(service.name,
                               service_attempt(parts_.files, service.name, service.memory)));
    }
  }
}

/// Those that count as started by what they show.
void ServiceWatch::probe() {
  for (std::size_t place = 0; place < board_.size(); ++place) {
    auto& service = board_.at(place);
    const auto& entry = service.entry();
    if (service.memory().phase != ServicePhase::Starting) {
      continue;
    }
    const bool shown = !entry.started_line.empty() && processes_.has_shown_line(entry.name);
    if (shown || (entry.started_port != 0 && port_answers(entry.started_port, kPortTakes))) {
      service.counts_as_started(parts_.clock.now());
    }
  }
}

/// False when what was decided could not be written down: then nothing is done yet.
bool ServiceWatch::decide() {
  auto next = board_;
  const auto orders = next.evaluate(parts_.clock.now());
  if (!store(next)) {
    return false;
  }
  board_ = std::move(next);
  carry_out(orders);
  return true;
}

void ServiceWatch::carry_out(const std::vector<ServiceOrder>& orders) {
  for (const auto& order : orders) {
    auto& service = board_.at(order.place);
    const auto& name = service.entry().name;
    if (order.kind == ServiceOrder::Kind::End) {
      processes_.end(name);
      continue;
    }
    const auto failure = processes_.start(
        name,
        service_launch(parts_.files, service.entry(), service.memory(), environments_.at(name)));
    if (!failure.empty()) {
      service.launch_failed(failure, parts_.clock.now());
    }
  }
}

void ServiceWatch::learn(const std::string& name, const ServiceFate& fate) {
  auto* const service = find(name);
  if (service == nullptr) {
    return;
  }
  const auto now = parts_.clock.now();
  switch (fate.kind) {
    case ServiceFate::Kind::Lives:
      service->is_known(now);
      return;
    case ServiceFate::Kind::Ended:
      service->ended({.clean = fate.clean, .why = fate.why}, now);
      return;
    case ServiceFate::Kind::NeverBegan:
      service->never_began(now);
      return;
    case ServiceFate::Kind::Unknown:
      service->is_unknown(fate.why, now);
      return;
  }
}

bool ServiceWatch::store(const ServiceBoard& board) {
  auto state = board.state(parts_.clock.now());
  state.pid = ::getpid();
  if (state.services == stored_) {
    return true;
  }
  try {
    write_services_memory(parts_.files, state, !parts_.station.group.empty());
    stored_ = std::move(state.services);
    if (std::exchange(fails_, false)) {
      parts_.alarm("what the services do is written down again");
    }
    return true;
  } catch (const std::exception& error) {
    if (!std::exchange(fails_, true)) {
      parts_.alarm(
          fmt::format("what the services do cannot be written down; none is started or ended: {}",
                      error.what()));
    }
    return false;
  }
}

/// To whoever asks or looks, and to people what has changed.
void ServiceWatch::show() {
  auto current = board_.state(parts_.clock.now());
  current.pid = ::getpid();
  for (auto& service : current.services) {
    service.pid = is_alive(service.memory.phase) ? processes_.pid(service.name) : 0;
  }
  std::unique_lock lock{mutex_};
  const auto before = std::exchange(shown_, current);
  lock.unlock();
  for (std::size_t i = 0; i < current.services.size(); ++i) {
    const auto& service = current.services[i];
    if (service.memory.phase != before.services[i].memory.phase) {
      (needs_a_person(service.memory.phase) ? parts_.alarm : parts_.say)(in_words(service));
    }
  }
  if (current.services == before.services && current.at.boot - published_ < kServicesPublished) {
    return;
  }
  published_ = current.at.boot;
  try {
    publish_services_state(parts_.files, current, !parts_.station.group.empty());
  } catch (const std::exception&) {  // that the disk refuses was said; who looks sees an old state
    published_ = Microseconds{0};
  }
}

ServicesState ServiceWatch::state() const {
  const std::lock_guard lock{mutex_};
  auto state = shown_;
  state.at = parts_.clock.now();
  return state;
}

VerbReply ServiceWatch::tell(ServiceVerb verb, std::vector<std::string> patterns, std::string who) {
  if (!has_any_) {
    return {.accepted = false, .text = "station.ini declares no [service ...]", .events = {}};
  }
  Asked asked{.verb = verb, .patterns = std::move(patterns), .who = std::move(who), .reply = {}};
  auto reply = asked.reply.get_future();
  std::unique_lock lock{mutex_};
  if (asked_.size() >= kMostRequests) {
    return {.accepted = false, .text = "too much is asked of the services at once", .events = {}};
  }
  asked_.push_back(std::move(asked));
  lock.unlock();
  ring(bell_);
  if (reply.wait_for(kPersonWaitsFor) == std::future_status::ready) {
    return reply.get();
  }
  return {.accepted = true,
          .text = "heard, and not yet written down: the disk is slow or full",
          .events = {}};
}

Service* ServiceWatch::find(const std::string& name) {
  for (std::size_t place = 0; place < board_.size(); ++place) {
    if (board_.at(place).entry().name == name) {
      return &board_.at(place);
    }
  }
  return nullptr;
}

}  // namespace fat

#include "cli/living_bench.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/lease_pages.hpp"
#include "cli/service_notice.hpp"
#include "cli/service_pages.hpp"
#include "cli/station_pages.hpp"
#include "fat/model/signals_away.hpp"

namespace fat {

namespace {

constexpr std::string_view kStillWatches = "WATCHDOG=1";
constexpr std::chrono::milliseconds kDiskPatience{100};  // then an interlock acts all the same
constexpr std::chrono::seconds kPersonWaits{2};          // for the disk
constexpr std::chrono::seconds kLentWireFree{5};
constexpr std::chrono::seconds kOutputsTake{20};                 // at the end
constexpr Microseconds kLapsedStores = std::chrono::minutes{1};  // on a time that jumps

}  // namespace

LivingBench::LivingBench(const Invocation& invocation,
                         const Station& station,
                         const BenchFiles& files,
                         const Clock& clock,
                         StationLapse* lapse)
    : station_(station),
      clock_(clock),
      lapse_(lapse == nullptr ? nullptr : &lapse->time()),
      voice_(
          station,
          clock,
          fmt::format(
              "{}{} (station process)", is_virtual(invocation) ? "VIRTUAL  " : "", station.name)),
      services_({.station = station,
                 .files = service_files(station, is_virtual(invocation)),
                 .clock = clock,
                 .say = [this](const auto& text) { voice_.say(text); },
                 .alarm = [this](const auto& text) { voice_.alarm(text); }}),
      file_(files.readings, ReadingsFile::Mode::Write, !station.group.empty()),
      keeper_(file_, waiting_, clock, [this](const auto& text) { voice_.say(text); }),
      wires_(clock, {station.locks, "fatmaster station"}),
      instruments_(invocation,
                   station,
                   clock,
                   "fatmaster station",
                   {.lapse = lapse, .wires = lapse == nullptr ? &wires_ : nullptr}),
      watch_(station.channels, voice_),
      interlocks_(station, remembered(station, files, voice_), clock),
      machines_(station, clock),
      interlock_files_(
          files.state, !station.group.empty(), [this](const auto& text) { voice_.alarm(text); }),
      reader_(
          instruments_.quantities(),
          clock,
          station.channels,
          [this](std::size_t place, const RawReading& raw, const Instant& at) {
            auto taken = watch_.take(place, raw, at);
            interlocks_.take(place, taken.reading);
            machines_.take(place, taken.reading);
            waiting_.add(std::move(taken));
          },
          lapse_),
      leases_({.station = station,
               .bench = reader_,
               .clock = clock,
               .file = files.leases,
               .say = [this](const auto& text) { voice_.say(text); },
               .alarm = [this](const auto& text) { voice_.alarm(text); },
               .let_go = [this](const auto& name) { wires_.let_go(name, kLentWireFree); }}),
      orders_(station, reader_, machines_, clock),
      settings_({.station = station,
                 .bench = reader_,
                 .interlocks = interlocks_,
                 .leases = leases_,
                 .machines = machines_,
                 .clock = clock,
                 .say = [this](const auto& text) { voice_.say(text); }}),
      socket_(files.socket,
              !station.group.empty(),
              [this](const ControlRequest& request) { return answer(request); }),
      telemetry_(
          start_telemetry(station, files, clock, [this](const auto& text) { voice_.say(text); })),
      commands_(start_mqtt_commands(
          {.station = station,
           .settings = settings_,
           .leases = leases_,
           .clock = clock,
           .reading = [this](const auto& channel) { return interlocks_.reading(channel); },
           .state = [this](const auto& name) { return state_word(machines_.state(), name); },
           .say = [this](const auto& text) { voice_.say(text); }})) {
  if (lapse == nullptr) {
    guests_.emplace(WireServer::Parts{
        .wires = wires_,
        .devices = instruments_.devices(),
        .socket = files.wires,
        .shared = !station.group.empty(),
        .objection = [this](const WireClaim& claim) { return objection_to_turn(leases_, claim); },
        .say = [this](const auto& text) { voice_.say(text); }});
  }
  const RunCourier::Parts courier{
      .socket = control_socket_path(station.state),
      .instruments = switchable_instruments(station),
      .bring_to_safety =
          [this](const auto& instruments, auto patience, const auto& stop) {
            return orders_.make_safe(instruments, patience, stop);
          },
      .clock = clock,
      .tell = [this](const auto& text) { voice_.alarm(text); },
      .done = [this](const auto& order) { interlocks_.carried_out(order); }};
  for (const auto& entry : station.interlocks) {
    couriers_.try_emplace(entry.name, courier);
  }
}

ControlAnswer LivingBench::answer(const ControlRequest& request) {
  if (request.path == kServicesPage) {
    return answer_services(request, services_);
  }
  return answer_station(
      request,
      {.interlocks = interlocks_,
       .settings = settings_,
       .leases = leases_,
       .machines = machines_,
       .store = [this](const auto& state) { return interlock_files_.store(state, kPersonWaits); },
       .tell = [this](const auto& text) { voice_.alarm(text); }});
}

void LivingBench::carry_out(const InterlockOrder& order) {
  switch (order.kind) {
    case InterlockOrderKind::Set:
      orders_.set_for(order, [this](const auto& text) { voice_.say(text); });
      return;
    case InterlockOrderKind::AbortStep:
    case InterlockOrderKind::SafeState:
      couriers_.at(order.interlock).take(order);
      return;
    case InterlockOrderKind::Tell:
      voice_.alarm(fmt::format("interlock {}: {}", order.interlock, order.why));
      return;
    case InterlockOrderKind::SuspendRun:  // a run looks at the state before each step
      voice_.alarm(fmt::format("interlock {}: no step begins: {}", order.interlock, order.why));
      return;
    case InterlockOrderKind::ResumeRun:
      voice_.alarm(fmt::format("interlock {}: steps may begin: {}", order.interlock, order.why));
      return;
  }
}

void LivingBench::start() {
  voice_.say(fmt::format("reads {} channels {}",
                         station_.channels.size(),
                         lapse_ == nullptr ? "until Ctrl-C" : "on a time that jumps"));
  say_which_sinks_are_lost(station_, voice_);
  const SignalsAway away;
  reading_ = std::jthread{[this, part = own_part()](const std::stop_token& stop) mutable {
    reader_.read_until(stop, std::move(part));
  }};
  if (services_.has_any()) {
    supervising_ = std::jthread{[this](const std::stop_token& stop) { services_.run(stop); }};
  }
  if (machines_.has_any()) {
    watching_machines_ = std::jthread{[this, part = own_part()](const std::stop_token& stop) {
      machines_.run(
          stop,
          [this](const MachineNews& news) {
            news.grave ? voice_.alarm(news.text) : voice_.say(news.text);
          },
          lapse_);
    }};
  }
  if (!station_.interlocks.empty()) {
    voice_.say(fmt::format("evaluates {} interlocks", station_.interlocks.size()));
    evaluating_ = std::jthread{[this, part = own_part()](const std::stop_token& stop) {
      interlocks_.run(
          stop,
          {.carry_out = [this](const auto& order) { carry_out(order); },
           .store = [this](const auto& state) { interlock_files_.store(state, kDiskPatience); },
           .publish =
               [this](const auto& state) {
                 if (lapse_ == nullptr) {  // else faster than anybody looks
                   interlock_files_.publish(state);
                 }
                 tell_service_manager(kStillWatches);
               },
           .tell = [this](const auto& text) { voice_.alarm(text); }},
          lapse_);
    }};
  }
}

void LivingBench::live_until_told_to_end(Microseconds stored_every, RunBeside& run) {
  tell_service_manager("READY=1");
  while (!wants_to_end(stored_every) && !run.is_over(clock_.now())) {
    if (station_.interlocks.empty()) {  // else who evaluates them says so: a disk may hang here
      tell_service_manager(kStillWatches);
    }
    keeper_.store();
  }
  tell_service_manager("STOPPING=1");
}

void LivingBench::live_through(TimeLapse& time) {
  for (auto next = time.begin(); next < time.end() && !wants_to_end(std::chrono::seconds{0});) {
    next = std::min(next + kLapsedStores, time.end());
    time.sleep_until(next);
    keeper_.store();
  }
}

bool LivingBench::all_is_valid(const Instant& now) {
  voice_.say(watch_.summary());
  const auto invalid = watch_.not_valid(now);
  for (const auto& line : invalid) {
    voice_.say(line);
  }
  return invalid.empty();
}

bool LivingBench::leave_harmless() {
  guests_.reset();  // nobody switches anything on behind it
  const auto settings = settings_of_interlocks(station_);
  if (settings.empty()) {
    return true;
  }
  std::vector<std::string> names;
  std::ranges::transform(settings, std::back_inserter(names), &ActuatorSetting::channel);
  voice_.say(fmt::format("nobody will watch: sets {}", fmt::join(names, ", ")));
  if (const auto wait = longest_ramp(station_); wait > Microseconds{0}) {
    tell_service_manager(
        fmt::format("EXTEND_TIMEOUT_USEC={}", (wait + Microseconds{3 * kOutputsTake}).count()));
  }
  const auto failures = orders_.set_all(settings, kOutputsTake);
  if (!failures.empty()) {
    voice_.alarm(fmt::format("ended, NOT harmless: {}", fmt::join(failures, "; ")));
  }
  return failures.empty();
}

void LivingBench::end() {
  guests_.reset();
  voice_.say("ends after the answers it waits for");
  evaluating_.request_stop();
  if (evaluating_.joinable()) {
    evaluating_.join();
  }
  watching_machines_.request_stop();
  reading_.request_stop();
  reading_.join();
  keeper_.store();
  supervising_.request_stop();
  if (supervising_.joinable()) {
    supervising_.join();
  }
}

}  // namespace fat

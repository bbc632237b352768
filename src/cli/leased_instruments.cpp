#include "cli/leased_instruments.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/lease_client.hpp"
#include "fat/ports/device_error.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

constexpr Microseconds kOfATask = std::chrono::minutes{10};  // renewed while the process lives
constexpr Microseconds kLinkAskedEvery = std::chrono::milliseconds{200};

}  // namespace

bool LeasedInstruments::is_kept(const std::string& name) const {
  return !in_safe_state() && is_kept_by_station_process(terms_.station, name);
}

void LeasedInstruments::hold(const std::string& name) const {
  if (!is_kept(name) || fence_given(name) != 0 || held_.contains(name)) {
    return;
  }
  const LeaseRequest request{.verb = LeaseVerb::Take,
                             .instrument = name,
                             .by = {.who = terms_.who(), .uid = getuid()},
                             .purpose = terms_.purpose,
                             .reason = {},
                             .use = LeaseUse::Orders,
                             .length = kOfATask,
                             .process = ProcessMark{.pid = getpid()}};
  const auto word = wait_for_lease(terms_.files, request, terms_.patience, terms_.say);
  if (word && !word->accepted) {
    throw DeviceError{
        DeviceFault::Busy,
        name,
        fmt::format("{}; 'needs = {}' in the step's section waits for it", word->text, name)};
  }
  held_.insert(name);
  terms_.wires.hold(name, word ? word->fence : 0);
}

void LeasedInstruments::wait_for_link(const std::string& name) const {
  if (!is_kept(name) || fence_given(name) != 0) {
    return;
  }
  const SystemClock clock;
  const auto began = clock.now();
  for (bool said = false;; said = true) {
    const auto told = told_leases(told_leases_text(terms_.files).value_or(""));
    const auto lease = std::ranges::find(told, name, &ToldLease::instrument);
    if (lease == told.end() || lease->use == LeaseUse::Orders) {
      return;
    }
    const auto why = fmt::format("{} is {}", name, lease->text);
    if (elapsed(began, clock.now()) >= terms_.patience) {
      throw DeviceError{DeviceFault::Busy, name, why};
    }
    if (!said) {
      terms_.say("waits: " + why);
    }
    SystemClock::pause(kLinkAskedEvery);
  }
}

std::unique_ptr<FunctionGenerator> LeasedInstruments::generator(const std::string& name) const {
  hold(name);
  return inner_.generator(name);
}

std::unique_ptr<PowerSupply> LeasedInstruments::supply(const std::string& name) const {
  hold(name);
  return inner_.supply(name);
}

std::unique_ptr<FilterWheel> LeasedInstruments::filter_wheel(const std::string& name) const {
  hold(name);
  return inner_.filter_wheel(name);
}

std::unique_ptr<Thermometer> LeasedInstruments::thermometer(const std::string& name) const {
  wait_for_link(name);
  return inner_.thermometer(name);
}

std::unique_ptr<HumiditySensor> LeasedInstruments::humidity_sensor(const std::string& name) const {
  wait_for_link(name);
  return inner_.humidity_sensor(name);
}

std::unique_ptr<Freezer> LeasedInstruments::freezer(const std::string& name,
                                                    const AskOperator& ask) const {
  hold(name);
  return inner_.freezer(name, ask);
}

std::unique_ptr<FieldHub> LeasedInstruments::field_hub(const std::string& name) const {
  hold(name);
  return inner_.field_hub(name);
}

std::unique_ptr<DetectorModule> LeasedInstruments::board(const std::string& name) const {
  hold(name);
  return inner_.board(name);
}

std::unique_ptr<Instrument> LeasedInstruments::instrument(const std::string& name) const {
  hold(name);
  return inner_.instrument(name);
}

std::unique_ptr<QuantitySource> UnlentSources::open(const std::string& instrument) const {
  if (const auto loan = loan_without_keeper(files_, instrument, clock_.now()); !loan.empty()) {
    throw DeviceError{DeviceFault::Busy, instrument, loan};
  }
  return inner_.open(instrument);
}

}  // namespace fat

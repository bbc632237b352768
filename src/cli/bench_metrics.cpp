#include "cli/bench_metrics.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace fat {

namespace {

/// 1 of `unit` is `times` / `over` of the base unit: a division keeps 41.5 % at 0.415.
struct BaseUnit {
  std::string_view unit;
  std::string_view name;
  double times = 1, over = 1;
};

constexpr std::array kBaseUnits{BaseUnit{"degC", "celsius"},
                                BaseUnit{"K", "kelvin"},
                                BaseUnit{"V", "volts"},
                                BaseUnit{"mV", "volts", 1, 1e3},
                                BaseUnit{"kV", "volts", 1e3},
                                BaseUnit{"V/s", "volts_per_second"},
                                BaseUnit{"A", "amperes"},
                                BaseUnit{"mA", "amperes", 1, 1e3},
                                BaseUnit{"uA", "amperes", 1, 1e6},
                                BaseUnit{"nA", "amperes", 1, 1e9},
                                BaseUnit{"W", "watts"},
                                BaseUnit{"kW", "watts", 1e3},
                                BaseUnit{"Pa", "pascals"},
                                BaseUnit{"hPa", "pascals", 1e2},
                                BaseUnit{"kPa", "pascals", 1e3},
                                BaseUnit{"mbar", "pascals", 1e2},
                                BaseUnit{"bar", "pascals", 1e5},
                                BaseUnit{"Torr", "pascals", 101325, 760},
                                BaseUnit{"%", "ratio", 1, 1e2},
                                BaseUnit{"Hz", "hertz"},
                                BaseUnit{"kHz", "hertz", 1e3},
                                BaseUnit{"MHz", "hertz", 1e6},
                                BaseUnit{"ms", "seconds", 1, 1e3},
                                BaseUnit{"s", "seconds"},
                                BaseUnit{"min", "seconds", 60},
                                BaseUnit{"h", "seconds", 3600},
                                BaseUnit{"mm", "meters", 1, 1e3},
                                BaseUnit{"cm", "meters", 1, 1e2},
                                BaseUnit{"m", "meters"},
                                BaseUnit{"ohm", "ohms"},
                                BaseUnit{"kohm", "ohms", 1e3},
                                BaseUnit{"pF", "farads", 1, 1e12},
                                BaseUnit{"", "number"}};
constexpr BaseUnit kOtherUnit{"", "other"};

const BaseUnit& base_unit(std::string_view unit) {
  const auto* const found = std::ranges::find(kBaseUnits, unit, &BaseUnit::unit);
  return found == kBaseUnits.end() ? kOtherUnit : *found;
}

double bench_moment(WallTime when) {
  return std::chrono::duration<double>{when.time_since_epoch()}.count();
}

/// The families of one bench.
class BenchPage {
 public:
  BenchPage(const Station& station, const BenchSeen& seen, const Instant& now)
      : station_(station), seen_(seen), now_(now) {}

  std::vector<MetricFamily> families() {
    add_process();
    add_channels();
    add_interlocks();
    add_services();
    return std::move(families_);
  }

 private:
  MetricLabels labels(MetricLabels own) const {
    own.emplace_back("virtual", seen_.is_virtual ? "true" : "");
    return own;
  }

  MetricSample yes_or_no(MetricLabels own, bool yes) const {
    return {.labels = labels(std::move(own)), .value = yes ? 1.0 : 0.0};
  }

  void add_process() {
    if (station_.channels.empty()) {
      return;
    }
    families_.push_back({.name = "fatmaster_station_up",
                         .help = "1: the process that reads the bench lives and, where there are "
                                 "interlocks, evaluates them",
                         .kind = MetricKind::Gauge,
                         .samples = {yes_or_no({}, seen_.lives)}});
    auto last = seen_.interlocks ? std::optional{seen_.interlocks->at.wall} : std::nullopt;
    for (const auto& [channel, reading] : seen_.readings) {
      last = std::max(last.value_or(reading.at.wall), reading.at.wall);
    }
    if (last) {
      families_.push_back({.name = "fatmaster_station_heartbeat_timestamp_seconds",
                           .help = "When that process last stored a reading or evaluated its "
                                   "interlocks, Unix time",
                           .kind = MetricKind::Gauge,
                           .samples = {{.labels = labels({}), .value = bench_moment(*last)}}});
    }
  }

  void add_channels() {
    MetricFamily valid{.name = "fatmaster_channel_valid",
                       .help =
                           "1: the channel's newest reading can be believed, 0: it failed, is "
                           "out of range, too old, or there is none",
                       .kind = MetricKind::Gauge,
                       .samples = {}};
    MetricFamily times{.name = "fatmaster_channel_timestamp_seconds",
                       .help = "When the channel's instrument last answered, or did not, Unix time",
                       .kind = MetricKind::Gauge,
                       .samples = {}};
    MetricFamily lent{.name = "fatmaster_channel_lent",
                      .help = "1: the channel's instrument is lent to somebody, and is not asked",
                      .kind = MetricKind::Gauge,
                      .samples = {}};
    std::map<std::string_view, std::vector<MetricSample>> values;
    for (const auto& channel : station_.channels) {
      const auto reading = reading_of(channel, seen_, now_);
      const MetricLabels own{{"channel", channel.name},
                             {"instrument", channel.instrument},
                             {"quantity", channel.source.quantity}};
      auto with_unit = own;
      with_unit.emplace_back("unit", channel.unit);
      if (reading.is_valid() && reading.value) {
        const auto& base = base_unit(channel.unit);
        values[base.name].push_back({.labels = labels(&base == &kOtherUnit ? with_unit : own),
                                     .value = *reading.value * base.times / base.over});
      }
      if (reading.state != ReadingState::None) {
        times.samples.push_back({.labels = labels(own), .value = bench_moment(reading.at.wall)});
      }
      lent.samples.push_back(yes_or_no(own, reading.state == ReadingState::Lent));
      valid.samples.push_back(yes_or_no(std::move(with_unit), reading.is_valid()));
    }
    families_.push_back(std::move(valid));
    families_.push_back(std::move(lent));
    families_.push_back(std::move(times));
    for (auto& [name, samples] : values) {
      families_.push_back({.name = fmt::format("fatmaster_reading_{}", name),
                           .help = "What channels of this unit show; without a valid reading: "
                                   "nothing",
                           .kind = MetricKind::Gauge,
                           .samples = std::move(samples)});
    }
  }

  /// A value of each interlock; nullopt: none.
  template <class Value>
  void add_of_each_interlock(MetricFamily family, const Value& value) {
    for (const auto& entry : station_.interlocks) {
      if (const auto number = value(state_of(entry.name, seen_))) {
        family.samples.push_back({.labels = labels({{"interlock", entry.name}}), .value = *number});
      }
    }
    families_.push_back(std::move(family));
  }

  void add_phases() {
    MetricFamily phases{.name = "fatmaster_interlock_phase",
                        .help =
                            "1 for the phase that the interlock is in; latched: the condition "
                            "is gone, a person has to reset it",
                        .kind = MetricKind::Gauge,
                        .samples = {}};
    for (const auto& entry : station_.interlocks) {
      for (const auto phase :
           {InterlockPhase::Clear, InterlockPhase::Tripped, InterlockPhase::Latched}) {
        if (const auto* const state = state_of(entry.name, seen_); state != nullptr) {
          phases.samples.push_back(yes_or_no({{"interlock", entry.name},
                                              {"action", std::string{to_string(entry.action)}},
                                              {"phase", std::string{to_string(phase)}}},
                                             state->memory.phase == phase));
        }
      }
    }
    families_.push_back(std::move(phases));
  }

  void add_interlocks() {
    using Number = std::optional<double>;
    add_phases();
    add_of_each_interlock(
        {.name = "fatmaster_interlock_watched", .help = "1: it is evaluated", .samples = {}},
        [](const InterlockState* state) { return Number{state != nullptr ? 1 : 0}; });
    add_of_each_interlock(
        {.name = "fatmaster_interlock_suspends_run",
         .help = "1: no step begins because of it, or because nobody evaluates it",
         .samples = {}},
        [](const InterlockState* state) {
          return Number{state == nullptr || !state->objection.empty() ? 1 : 0};
        });
    add_of_each_interlock(
        {.name = "fatmaster_interlock_overridden",
         .help = "1: a person has decided that it does nothing for a while",
         .samples = {}},
        [this](const InterlockState* state) {
          return state == nullptr
                     ? Number{}
                     : Number{override_left(state->memory, now_) > Microseconds{0} ? 1 : 0};
        });
    add_of_each_interlock({.name = "fatmaster_interlock_trips_total",
                           .help = "How often it has tripped",
                           .kind = MetricKind::Counter,
                           .samples = {}},
                          [](const InterlockState* state) {
                            return state == nullptr ? Number{} : Number{state->memory.trips};
                          });
  }

  void add_services() {
    MetricFamily up{.name = "fatmaster_service_up",
                    .help = "1: the supervised service runs and counts as started",
                    .kind = MetricKind::Gauge,
                    .samples = {}};
    MetricFamily restarts{.name = "fatmaster_service_restarts_total",
                          .help = "How often it was started again by itself",
                          .kind = MetricKind::Counter,
                          .samples = {}};
    for (const auto& entry : station_.services) {
      const MetricLabels own{{"service", shown_name(entry)}};
      const ServiceState* state = nullptr;
      if (seen_.services) {
        const auto found =
            std::ranges::find(seen_.services->services, entry.name, &ServiceState::name);
        state = found == seen_.services->services.end() ? nullptr : &*found;
      }
      up.samples.push_back(
          yes_or_no(own, state != nullptr && state->memory.phase == ServicePhase::Running));
      if (state != nullptr) {
        restarts.samples.push_back(
            {.labels = labels(own), .value = static_cast<double>(state->memory.restarted)});
      }
    }
    families_.push_back(std::move(up));
    families_.push_back(std::move(restarts));
  }

  const Station& station_;
  const BenchSeen& seen_;
  const Instant& now_;
  std::vector<MetricFamily> families_;
};

}  // namespace

std::vector<MetricFamily> bench_metrics(const Station& station,
                                        const BenchSeen& seen,
                                        const Instant& now) {
  return BenchPage{station, seen, now}.families();
}

}  // namespace fat

// The routes about the bench: what its channels show and its interlocks say, and what people ask of
// both. Only the process that watches the bench acts.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/api_answer.hpp"
#include "cli/bench_seen.hpp"
#include "cli/exit_code.hpp"
#include "cli/interlock_commands.hpp"
#include "cli/machines_seen.hpp"
#include "cli/set_command.hpp"
#include "cli/station_api.hpp"
#include "fat/model/channel_setting.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/ports/journal.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

using BenchJson = nlohmann::ordered_json;

constexpr std::size_t kLongestWish = 16'384;
constexpr std::size_t kLongestWishWord = 500;
constexpr std::int64_t kLongestWishSeconds = 1'000'000;

double bench_seconds(Microseconds length) {
  return std::chrono::duration<double>{length}.count();
}

BenchJson limit_or_null(const std::optional<double>& limit) {
  return limit ? BenchJson(*limit) : BenchJson(nullptr);
}

/// What it may be set to; null: it is only read.
BenchJson setting_range(const ChannelEntry& channel) {
  if (!channel.settable || !setting_problem(channel, channel.settable->low).empty()) {
    return nullptr;
  }
  const auto& range = *channel.settable;
  return {{"switch", channel.unit.empty() && range == SettingRange{.low = 0, .high = 1}},
          {"low", range.low},
          {"high", range.high}};
}

BenchJson channel_row(const ChannelEntry& channel, const Reading& reading, const Instant& now) {
  const bool asked = reading.state != ReadingState::None;
  return {{"name", channel.name},
          {"instrument", channel.instrument},
          {"quantity", channel.source.quantity},
          {"unit", channel.unit},
          {"value", limit_or_null(reading.is_valid() ? reading.value : std::nullopt)},
          {"state", to_string(reading.state)},
          {"why", plain_text(reading.why, kLongestWishWord)},
          {"at", asked ? BenchJson(to_iso_utc(reading.at.wall)) : BenchJson(nullptr)},
          {"age_s",
           asked ? BenchJson(std::max(0.0, bench_seconds(now.wall - reading.at.wall)))
                 : BenchJson(nullptr)},
          {"low", limit_or_null(channel.lowest)},
          {"high", limit_or_null(channel.highest)},
          {"settable", setting_range(channel)}};
}

/// null: it is in force.
BenchJson override_row(const InterlockMemory& memory, const Instant& now) {
  const auto left = override_left(memory, now);
  if (!memory.overriding || left <= Microseconds{0}) {
    return nullptr;
  }
  return {{"who", memory.overriding->who},
          {"reason", memory.overriding->reason},
          {"left_s", bench_seconds(left)}};
}

BenchJson interlock_row(const InterlockEntry& entry, const BenchSeen& seen, const Instant& now) {
  const auto* const state = state_of(entry.name, seen);
  BenchJson row{{"name", entry.name}, {"action", to_string(entry.action)}};
  if (state == nullptr) {
    row.update({{"phase", nullptr}, {"text", "nobody evaluates it"}});
    return row;
  }
  const auto& memory = state->memory;
  row.update({{"phase", to_string(memory.phase)},
              {"text",
               plain_text(memory.phase == InterlockPhase::Clear ? state->objection : memory.why,
                          kLongestWishWord)},
              {"trips", memory.trips},
              {"overridden", override_row(memory, now)}});
  return row;
}

BenchJson lease_row(const Lease& lease, const Instant& now) {
  return {{"instrument", lease.instrument},
          {"who", lease.who},
          {"purpose", plain_text(lease.purpose, kLongestWishWord)},
          {"use", to_string(lease.use)},
          {"left_s", bench_seconds(lease_left(lease, now))}};
}

BenchJson service_row(const ServiceState& service, const Instant& now) {
  const auto& memory = service.memory;
  return {{"name", shown_name(service)},
          {"phase", to_string(memory.phase)},
          {"wanted", service.wanted},
          {"pid", service.pid},
          {"since_s", std::max(0.0, bench_seconds(elapsed(memory.since, now)))},
          {"restarted", memory.restarted},
          {"why", plain_text(memory.why, kLongestWishWord)}};
}

/// Of each that station.ini declares; `seen` is nullptr when nobody knows.
BenchJson machine_row(const std::string& name,
                      std::string_view kind,
                      const MachineState* seen,
                      const Instant& now) {
  BenchJson row{{"name", name}, {"kind", kind}};
  if (seen == nullptr) {
    row.update({{"group", ""}, {"state", nullptr}, {"why", "nobody watches it"}, {"since_s", 0}});
    return row;
  }
  row.update({{"group", seen->group},
              {"state", seen->state},
              {"why", plain_text(seen->why, kLongestWishWord)},
              {"since_s", std::max(0.0, bench_seconds(elapsed(seen->since, now)))}});
  return row;
}

BenchJson machine_rows(const Station& station, const MachinesState& seen, const Instant& now) {
  auto json = BenchJson::array();
  for (const auto& one : station.module_powers) {
    json.push_back(machine_row(one.name, "module_power", find_machine(seen, one.name), now));
  }
  for (const auto& one : station.chillers) {
    json.push_back(machine_row(one.name, "chiller", find_machine(seen, one.name), now));
  }
  return json;
}

/// A row for each of `all`.
template <class List, class Row>
BenchJson rows(const List& all, const Row& row) {
  auto json = BenchJson::array();
  for (const auto& one : all) {
    json.push_back(row(one));
  }
  return json;
}

nlohmann::json wish_in_body(const ApiRequest& request) {
  auto json = request.body.size() > kLongestWish
                  ? nlohmann::json{}
                  : nlohmann::json::parse(request.body, nullptr, false);
  if (!json.is_object()) {
    throw ApiRefused{400, "expected a JSON object; src/web/API.md says with what"};
  }
  return json;
}

std::string word_in(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string()
             ? plain_text(found->get<std::string>(), kLongestWishWord)
             : std::string{};
}

ApiAnswer accepted(bool yes, const std::string& text, int otherwise = 409) {
  return json_answer(BenchJson{{"accepted", yes}, {"text", text}}.dump(
                         -1, ' ', false, BenchJson::error_handler_t::replace),
                     yes ? 200 : otherwise);
}

/// What a person asked for, or why it is not done.
template <class Act>
ApiAnswer done_or_told(const Act& act) {
  try {
    return act();
  } catch (const CommandError& error) {
    return accepted(false, error.what(), error.exit_code() == kExitOwned ? 503 : 409);
  }
}

}  // namespace

ApiAnswer answer_bench(const ApiWiring& wiring) {
  return json_answer(bench_json(wiring.station, wiring.is_virtual, wiring.clock.now()));
}

std::string bench_json(const Station& station, bool is_virtual, const Instant& now) {
  BenchSeen seen{.is_virtual = is_virtual};
  std::string trouble;
  try {
    look_at_bench(station, now, seen);
  } catch (const JournalError& error) {
    trouble = error.fault() == JournalFault::Missing
                  ? "nothing was read yet: `fatmaster station` reads this bench"
                  : plain_text(error.what(), kLongestWishWord);
  }
  const auto services = seen.services ? seen.services->services : std::vector<ServiceState>{};
  const auto machines =
      living_machines(station, bench_files(station, is_virtual)).value_or(MachinesState{});
  const BenchJson json{
      {"watched", seen.lives},
      {"trouble", trouble},
      {"channels",
       rows(station.channels,
            [&](const auto& one) { return channel_row(one, reading_of(one, seen, now), now); })},
      {"interlocks",
       rows(station.interlocks, [&](const auto& one) { return interlock_row(one, seen, now); })},
      {"machines", machine_rows(station, machines, now)},
      {"groups",
       rows(machines.groups,
            [](const auto& one) {
              return BenchJson{{"name", one.name}, {"state", one.state}};
            })},
      {"leases", rows(seen.leases, [&](const auto& one) { return lease_row(one, now); })},
      {"supervised", seen.services.has_value()},
      {"services", rows(services, [&](const auto& one) { return service_row(one, now); })}};
  return json.dump(-1, ' ', false, BenchJson::error_handler_t::replace);
}

ApiAnswer set_channel(const ApiWiring& wiring, const ApiRequest& request) {
  const auto json = wish_in_body(request);
  const auto name = word_in(json, "channel");
  const auto& channels = wiring.station.channels;
  const auto channel = std::ranges::find(channels, name, &ChannelEntry::name);
  if (channel == channels.end()) {
    return accepted(false, fmt::format("station.ini declares no channel '{}'", name), 404);
  }
  const auto [value, problem] = parse_channel_setting(*channel, word_in(json, "value"));
  if (!problem.empty()) {
    return accepted(false, problem);
  }
  const auto files = bench_files(wiring.station, wiring.is_virtual);
  if (!who_holds(wiring.station.state, files.lock)) {
    return accepted(false,
                    "nobody watches this bench: `fatmaster station` does not run, and only it sets "
                    "what a page asks for");
  }
  return done_or_told([&, wanted = value] {
    // Nobody at a page shows what the server's own environment may hold.
    const auto failure = set_through_station(
        files, *channel, {.value = wanted, .who = person_behind(wiring, request)});
    return failure.empty()
               ? accepted(true,
                          fmt::format(
                              "{} reads back {}", channel->name, shown_setting(*channel, wanted)))
               : accepted(false, "not set: " + failure);
  });
}

ApiAnswer tell_interlock(const ApiWiring& wiring, const ApiRequest& request) {
  const auto json = wish_in_body(request);
  const auto seconds = json.find("length_s");
  const bool has_length = seconds != json.end() && seconds->is_number_unsigned() &&
                          seconds->get<std::uint64_t>() <= kLongestWishSeconds;
  const InterlockRequest wish{
      .verb = word_in(json, "verb"),
      .name = word_in(json, "name"),
      .who = person_behind(wiring, request),
      .reason = word_in(json, "reason"),
      .length = std::chrono::seconds{has_length ? seconds->get<std::int64_t>() : 0}};
  return done_or_told([&] {
    const auto reply = tell_station(bench_files(wiring.station, wiring.is_virtual), wish);
    return accepted(reply.accepted, reply.text);
  });
}

}  // namespace fat

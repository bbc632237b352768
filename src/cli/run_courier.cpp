#include "cli/run_courier.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "fat/model/signals_away.hpp"
#include "fat/runner/control_client.hpp"

namespace fat {

namespace {

/// So long a run may take over its own safe state before the instruments are told directly.
constexpr Microseconds kRunMaySafe = std::chrono::seconds{60};
constexpr std::chrono::seconds kInstrumentsTake{30};

std::string who_of(const InterlockOrder& order) {
  return fmt::format("interlock {}", order.interlock);
}

/// nullopt when no run lives. Throws std::runtime_error when one does not answer.
std::optional<VerbReply> tell_run(const std::filesystem::path& socket, const Verb& verb) {
  const auto reply = ask_scheduler(socket, "POST", "/v1/verb", to_json_text(verb));
  return reply ? std::optional{verb_reply_from_json_text(reply->body)} : std::nullopt;
}

/// Titles of the steps that run. nullopt when no run lives.
std::optional<std::vector<std::string>> running_steps(const std::filesystem::path& socket) {
  const auto reply = ask_scheduler(socket, "GET", "/v1/status", {});
  if (!reply) {
    return std::nullopt;
  }
  std::vector<std::string> titles;
  const auto json = nlohmann::json::parse(reply->body, nullptr, false);
  if (json.is_object() && json.contains("open") && json["open"].is_array()) {
    for (const auto& open : json["open"]) {
      if (open.value("list", "") == to_string(StepList::Main)) {
        titles.push_back(open.value("title", ""));
      }
    }
  }
  return titles;
}

/// What was ordered of all, and what came back.
struct Answers {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::size_t missing = 0;                      // guarded by mutex
  std::map<std::string, std::string> failures;  // guarded by mutex; by what was ordered
};

std::string name_of(const BenchOrder& order) {
  return order.channel ? fmt::format("{} channel {}", order.instrument, *order.channel)
                       : order.instrument;
}

}  // namespace

std::vector<std::string> carry_out_all(BenchReader& bench,
                                       const std::vector<BenchOrder>& orders,
                                       std::chrono::milliseconds patience,
                                       const std::stop_token& stop) {
  const auto answers = std::make_shared<Answers>();  // shared with instruments that answer later
  answers->missing = orders.size();
  for (const auto& order : orders) {
    answers->failures[name_of(order)] = fmt::format("{} did not answer in time", order.instrument);
  }
  for (const auto& order : orders) {
    bench.order(order, [answers](const BenchOrder& done, const std::string& failure) {
      const std::lock_guard lock{answers->mutex};
      --answers->missing;
      if (failure.empty()) {
        answers->failures.erase(name_of(done));
      } else {
        answers->failures[name_of(done)] = failure;
      }
      answers->changed.notify_all();
    });
  }
  std::unique_lock lock{answers->mutex};
  answers->changed.wait_for(lock, stop, patience, [&] { return answers->missing == 0; });
  std::vector<std::string> failures;
  std::ranges::transform(
      answers->failures, std::back_inserter(failures), [](const auto& one) { return one.second; });
  return failures;
}

RunCourier::RunCourier(Parts parts) : parts_(std::move(parts)) {
  const SignalsAway away;
  thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

RunCourier::~RunCourier() = default;

void RunCourier::take(InterlockOrder order) {
  const std::lock_guard lock{mutex_};
  order_ = std::move(order);
  changed_.notify_all();
}

void RunCourier::work(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (changed_.wait(lock, stop, [this] { return order_.has_value(); })) {
    const auto order = std::exchange(order_, {}).value_or(InterlockOrder{});
    lock.unlock();
    if (std::exchange(trip_, order.trip) != order.trip) {
      told_.clear();
      asked_.reset();
    }
    try {
      if (order.kind == InterlockOrderKind::AbortStep) {
        abort_steps(order);
      } else {
        make_safe(order, stop);
      }
    } catch (const std::exception& error) {  // it is ordered again
      tell_once(order, error.what());
    }
    lock.lock();
  }
}

void RunCourier::tell_once(const InterlockOrder& order, const std::string& what) {
  if (std::exchange(told_, what) != what) {
    parts_.tell(fmt::format("interlock {}: {}", order.interlock, what));
  }
}

/// Each running step by its name. A person's lock bars that, and never `abort`.
void RunCourier::abort_steps(const InterlockOrder& order) {
  const auto titles = running_steps(parts_.socket);
  if (!titles) {
    return;  // a run that begins while it is tripped starts no step; a step left over is aborted
  }
  for (const auto& title : *titles) {
    Verb verb{.kind = VerbKind::AbortStep, .who = who_of(order), .step = title};
    verb.reason = order.why;
    auto reply = tell_run(parts_.socket, verb);
    if (reply && !reply->accepted) {
      verb = {.kind = VerbKind::Abort, .who = who_of(order), .step = {}};
      verb.reason = order.why;
      reply = tell_run(parts_.socket, verb);
    }
    if (!reply || !reply->accepted) {
      tell_once(order, reply ? "the run refuses: " + reply->text : "the run has ended");
      return;
    }
    tell_once(order, fmt::format("step '{}' is aborted: {}", title, reply->text));
  }
  parts_.done(order);
}

void RunCourier::make_safe(const InterlockOrder& order, const std::stop_token& stop) {
  if (!leave_it_to_the_run(order)) {
    make_instruments_safe(order, stop);
  }
}

/// True while a run lives that has been told and still has time: its steps hold the wires. When it
/// has ended the order comes again.
bool RunCourier::leave_it_to_the_run(const InterlockOrder& order) {
  const auto now = parts_.clock.now();
  Verb verb{.kind = VerbKind::Abort, .who = who_of(order), .step = {}};
  verb.reason = order.why;
  try {
    const auto reply = tell_run(parts_.socket, verb);
    if (!reply) {
      return false;
    }
    asked_ = asked_.value_or(now);
    tell_once(order, "the run is told to abort: " + reply->text);
    return elapsed(*asked_, now) < kRunMaySafe;
  } catch (const std::exception& error) {
    tell_once(order, error.what());
    return false;
  }
}

void RunCourier::make_instruments_safe(const InterlockOrder& order, const std::stop_token& stop) {
  const auto failures = parts_.bring_to_safety(parts_.instruments, kInstrumentsTake, stop);
  if (failures.empty()) {
    tell_once(
        order,
        fmt::format("safe state: {}",
                    parts_.instruments.empty()
                        ? "no instrument has anything to switch off"
                        : fmt::format("{} switched off", fmt::join(parts_.instruments, ", "))));
    parts_.done(order);
    return;
  }
  tell_once(order, fmt::format("safe state INCOMPLETE: {}", fmt::join(failures, "; ")));
}

}  // namespace fat

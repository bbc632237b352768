#include "cli/lease_desk.hpp"

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "cli/bench_files.hpp"
#include "fat/model/signals_away.hpp"
#include "fat/runner/process_mark.hpp"
#include "fat/store/lease_file.hpp"

namespace fat {

namespace {

constexpr auto kLeasesLookedAtEvery = std::chrono::milliseconds{100};
constexpr auto kLeaseTakes = std::chrono::seconds{3};  // then whoever asked is told
constexpr std::size_t kMostAsked = 1000;

LeaseReply not_now(std::string why) {
  return {.accepted = false, .text = std::move(why), .granted = {}, .ended = {}};
}

std::string panel_in_words(bool told, const std::string& failure) {
  if (told) {
    return "its front panel is free";
  }
  return failure.empty()
             ? "it has no words that free its front panel: if that is locked, free it there"
             : "its front panel is not free: " + failure;
}

}  // namespace

LeaseDesk::LeaseDesk(Parts parts)
    : parts_(std::move(parts)), book_(parts_.station, remembered(parts_)) {
  auto book = book_;
  unwritten_ = !book.look(lives, parts_.clock.now()).empty();
  adopt(std::move(book));
  const SignalsAway away;
  thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

LeaseDesk::~LeaseDesk() {
  thread_.request_stop();
  thread_.join();
}

LeaseRecord LeaseDesk::remembered(const Parts& parts) {
  auto [record, damage] = read_lease_record(parts.file);
  if (damage.empty()) {
    return record.value_or(LeaseRecord{});
  }
  keep_damaged(parts.file);
  parts.alarm(damage + "; nobody knows who held which instrument: all of them are free");
  const auto since_1970 = parts.clock.now().wall.time_since_epoch();
  return {.newest_fence = static_cast<std::uint64_t>(
              std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count()),
          .leases = {}};
}

LeaseReply LeaseDesk::ask(LeaseRequest request) {
  Asked asked{.request = std::move(request), .reply = {}};
  auto reply = asked.reply.get_future();
  {
    const std::lock_guard lock{mutex_};
    if (asked_.size() >= kMostAsked) {
      return not_now("too many ask for leases at once; try again");
    }
    asked_.push_back(std::move(asked));
    bell_.notify_all();
  }
  if (reply.wait_for(kLeaseTakes) != std::future_status::ready) {
    return not_now(
        "the disk is slow: the leases are not yet written down; `fatmaster lease list` shows what "
        "became of it");
  }
  return reply.get();
}

std::string LeaseDesk::objection_to_order(const std::string& instrument,
                                          const LeaseClaim& by) const {
  const std::lock_guard lock{mutex_};
  return book_.objection_to_order(instrument, by, parts_.clock.now());
}

std::vector<ShownLease> LeaseDesk::leases() const {
  const auto now = parts_.clock.now();
  const std::lock_guard lock{mutex_};
  std::vector<ShownLease> shown;
  for (const auto& lease : book_.record().leases) {
    if (book_.holder(lease.instrument, now) == nullptr) {
      continue;
    }
    const auto lent = lent_.find(lease.instrument);
    const bool known = lent != lent_.end() && lent->second.fence == lease.fence;
    shown.push_back({.lease = lease,
                     .text = in_words(lease, now),
                     .left = lease_left(lease, now),
                     .closing = is_lent(lease) && (!known || lent->second.closing),
                     .panel = known ? lent->second.panel : std::string{}});
  }
  return shown;
}

void LeaseDesk::work(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (!stop.stop_requested()) {
    bell_.wait_for(lock, stop, kLeasesLookedAtEvery, [this] { return !asked_.empty(); });
    auto asked = std::exchange(asked_, {});
    lock.unlock();
    look();  // what is over is said before somebody else has it
    for (auto& one : asked) {
      LeaseReply reply;
      try {
        reply = answer(one.request);
      } catch (const std::exception& error) {
        reply = not_now(error.what());
      }
      one.reply.set_value(std::move(reply));
    }
    lock.lock();
  }
}

LeaseReply LeaseDesk::answer(const LeaseRequest& request) {
  auto book = book_;
  auto reply = book.answer(request, parts_.clock.now());
  if (!reply.accepted) {
    return reply;
  }
  if (book.record() != book_.record() && !write(book.record())) {
    return not_now("the leases cannot be written down (is the disk full?): nothing has changed");
  }
  adopt(std::move(book));
  if (request.verb == LeaseVerb::TakeOver && reply.ended) {
    parts_.alarm(reply.text);
  } else if (request.verb != LeaseVerb::Renew && (reply.granted || reply.ended)) {
    parts_.say(reply.text);
  }
  return reply;
}

/// What ended by itself is over also while the disk is full; it is written down when that can be.
void LeaseDesk::look() {
  auto book = book_;
  const auto ended = book.look(lives, parts_.clock.now());
  if (book.record() != book_.record()) {
    unwritten_ = true;
    adopt(std::move(book));
  }
  for (const auto& [lease, why] : ended) {
    parts_.say(fmt::format("{} is free again: {}, and {} had it for '{}'",
                           lease.instrument,
                           why,
                           lease.who,
                           lease.purpose));
  }
  unwritten_ = unwritten_ && !write(book_.record());
}

bool LeaseDesk::write(const LeaseRecord& record) {
  try {
    write_lease_record(parts_.file, record, !parts_.station.group.empty());
    if (std::exchange(fails_, false)) {
      parts_.alarm("the leases are written down again");
    }
    return true;
  } catch (const std::exception& error) {
    if (!std::exchange(fails_, true)) {
      parts_.alarm(fmt::format("the leases cannot be written down: {}", error.what()));
    }
    return false;
  }
}

void LeaseDesk::adopt(LeaseBook book) {
  lend_and_take_back(book);
  share(book);
  const std::lock_guard lock{mutex_};
  book_ = std::move(book);
}

void LeaseDesk::lend_and_take_back(const LeaseBook& book) {
  std::set<std::string> lent;
  std::vector<Lease> fresh;
  std::unique_lock lock{mutex_};
  for (const auto& lease : book.record().leases) {
    if (!is_lent(lease)) {
      continue;
    }
    lent.insert(lease.instrument);
    auto& known = lent_[lease.instrument];
    if (known.fence != lease.fence) {
      known = {.fence = lease.fence, .closing = true, .panel = {}};
      fresh.push_back(lease);
    }
  }
  std::vector<std::string> back;
  for (auto one = lent_.begin(); one != lent_.end();) {
    if (lent.contains(one->first)) {
      ++one;
      continue;
    }
    back.push_back(one->first);
    one = lent_.erase(one);
  }
  lock.unlock();
  std::ranges::for_each(back, [this](const auto& name) { parts_.bench.take_back(name); });
  std::ranges::for_each(fresh, [this](const Lease& lease) { lend(lease); });
}

/// Beside a program that holds an instrument the station lets go of its link between two rounds.
void LeaseDesk::share(const LeaseBook& book) {
  std::set<std::string> shared;
  for (const auto& lease : book.record().leases) {
    if (lease.process) {
      shared.insert(lease.instrument);
    }
  }
  for (const auto& name : shared_) {
    parts_.bench.share(name, shared.contains(name));
  }
  for (const auto& name : shared) {
    parts_.bench.share(name, true);
  }
  shared_ = std::move(shared);
}

void LeaseDesk::lend(const Lease& lease) {
  parts_.bench.lend(
      lease.instrument,
      {.to = fmt::format("to {} for '{}'", lease.who, lease.purpose),
       .panel = lease.use == LeaseUse::Panel},
      [this, lease](bool panel, const std::string& failure) { has_let_go(lease, panel, failure); });
}

void LeaseDesk::has_let_go(const Lease& lease, bool panel, const std::string& failure) {
  try {
    parts_.let_go(lease.instrument);
  } catch (const std::exception& error) {
    parts_.alarm(fmt::format(
        "the link of {} is lent, but still open here: {}", lease.instrument, error.what()));
  }
  const std::lock_guard lock{mutex_};
  const auto lent = lent_.find(lease.instrument);
  if (lent == lent_.end() || lent->second.fence != lease.fence) {
    return;
  }
  lent->second.closing = false;
  if (lease.use == LeaseUse::Panel) {
    lent->second.panel = panel_in_words(panel, failure);
  }
}

}  // namespace fat

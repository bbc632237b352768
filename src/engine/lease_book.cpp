#include "fat/engine/lease_book.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostLeases = 10'000;

LeaseReply refused_lease(std::string why) {
  return {.accepted = false, .text = std::move(why), .granted = {}, .ended = {}};
}

/// A person's is over when its time is; a process's when somebody has found that process gone.
bool is_over(const Lease& lease, const Instant& now) {
  return !lease.process && lease_left(lease, now) <= Microseconds{0};
}

std::string held_by_another(const Lease& lease, const Instant& now) {
  return fmt::format(
      "{0} is {1}: wait, or ask for it; `fatmaster lease take-over {0} --reason TEXT` if that "
      "cannot be",
      lease.instrument,
      in_words(lease, now));
}

}  // namespace

LeaseBook::LeaseBook(const Station& station, LeaseRecord memory)
    : station_(&station), record_(std::move(memory)) {
  for (const auto& lease : record_.leases) {  // whatever was written: no number is used again
    record_.newest_fence = std::max(record_.newest_fence, lease.fence);
  }
}

const Lease* LeaseBook::holder(const std::string& instrument, const Instant& now) const {
  const auto found = std::ranges::find(record_.leases, instrument, &Lease::instrument);
  return found == record_.leases.end() || is_over(*found, now) ? nullptr : &*found;
}

std::string LeaseBook::wrong_in(const LeaseRequest& request) const {
  const auto known = std::ranges::find(station_->devices, request.instrument, &DeviceEntry::name);
  if (known == station_->devices.end()) {
    std::vector<std::string> names;
    std::ranges::transform(station_->devices, std::back_inserter(names), &DeviceEntry::name);
    return fmt::format("there is no [device {}] in station.ini{}",
                       request.instrument,
                       did_you_mean(request.instrument, names));
  }
  if (request.verb == LeaseVerb::Free) {
    return {};
  }
  if (request.length <= Microseconds{0} || request.length > kLongest) {
    return "a lease is for a while, at most 24 h, such as --for 30min; renew it when that is not "
           "enough";
  }
  const bool begins = request.verb == LeaseVerb::Take || request.verb == LeaseVerb::TakeOver;
  if (begins && request.purpose.empty()) {
    return "a lease needs a purpose for others to read: add --purpose TEXT";
  }
  return request.verb == LeaseVerb::TakeOver && request.reason.empty()
             ? "to take over needs a reason: add --reason TEXT"
             : std::string{};
}

LeaseReply LeaseBook::answer(const LeaseRequest& request, const Instant& now) {
  if (auto wrong = wrong_in(request); !wrong.empty()) {
    return refused_lease(std::move(wrong));
  }
  switch (request.verb) {
    case LeaseVerb::Take:
      return take(request, now);
    case LeaseVerb::Renew:
      return renew(request, now);
    case LeaseVerb::Free:
      return free(request, now);
    case LeaseVerb::FreePanel:
      return free_panel(request, now);
    case LeaseVerb::TakeOver:
      return take_over(request, now);
  }
  return refused_lease("there is no such verb");
}

LeaseReply LeaseBook::grant(const LeaseRequest& request, LeaseUse use, const Instant& now) {
  Lease lease{.instrument = request.instrument,
              .fence = record_.newest_fence + 1,
              .who = request.by.who,
              .uid = request.by.uid,
              .purpose = request.purpose,
              .use = use,
              .since = now,
              .length = request.length,
              .process = request.process};
  if (is_lent(lease)) {
    if (auto why_not = why_not_lent(request.instrument, now); !why_not.empty()) {
      return refused_lease(std::move(why_not));
    }
  }
  LeaseReply reply{.accepted = true, .text = {}, .granted = {}, .ended = {}};
  if (const auto* const before = holder(request.instrument, now)) {
    reply.ended = *before;
  }
  std::erase_if(record_.leases,
                [&](const Lease& one) { return one.instrument == request.instrument; });
  if (record_.leases.size() >= kMostLeases) {
    return refused_lease("too many leases");
  }
  record_.newest_fence = lease.fence;
  record_.leases.push_back(lease);
  reply.text =
      fmt::format("{} is {} (lease {})", lease.instrument, in_words(lease, now), lease.fence);
  reply.granted = std::move(lease);
  return reply;
}

LeaseReply LeaseBook::take(const LeaseRequest& request, const Instant& now) {
  const auto* const held = holder(request.instrument, now);
  if (held == nullptr) {
    return grant(request, request.use, now);
  }
  auto reply = refused_lease(
      is_of(*held, request.by)
          ? fmt::format("{0} is {1}, and that is you (lease {2}): `fatmaster lease renew {0}`, or "
                        "free it first",
                        held->instrument,
                        in_words(*held, now),
                        held->fence)
          : held_by_another(*held, now));
  reply.busy = true;
  return reply;
}

LeaseReply LeaseBook::renew(const LeaseRequest& request, const Instant& now) {
  const auto found = std::ranges::find(record_.leases, request.instrument, &Lease::instrument);
  if (found == record_.leases.end() || is_over(*found, now)) {
    return refused_lease(
        fmt::format("nobody holds {0} any more: what you had is over; `fatmaster lease take {0}`",
                    request.instrument));
  }
  if (!is_of(*found, request.by)) {
    return refused_lease(held_by_another(*found, now));
  }
  found->since = now;
  found->length = request.length;
  return {.accepted = true,
          .text = fmt::format(
              "{} is {} (lease {})", found->instrument, in_words(*found, now), found->fence),
          .granted = *found,
          .ended = {}};
}

LeaseReply LeaseBook::free(const LeaseRequest& request, const Instant& now) {
  const auto* const held = holder(request.instrument, now);
  if (held != nullptr && !is_of(*held, request.by)) {
    return refused_lease(held_by_another(*held, now));
  }
  LeaseReply reply{.accepted = true,
                   .text = fmt::format("nobody holds {}", request.instrument),
                   .granted = {},
                   .ended = {}};
  if (held != nullptr) {
    reply.ended = *held;
    reply.text = fmt::format("{} is given back (lease {})", held->instrument, held->fence);
  }
  std::erase_if(record_.leases,
                [&](const Lease& one) { return one.instrument == request.instrument; });
  return reply;
}

LeaseReply LeaseBook::free_panel(const LeaseRequest& request, const Instant& now) {
  const auto* const held = holder(request.instrument, now);
  if (held != nullptr && !is_of(*held, request.by)) {
    return refused_lease(held_by_another(*held, now));
  }
  auto at_the_panel = request;
  at_the_panel.process.reset();
  if (at_the_panel.purpose.empty()) {
    at_the_panel.purpose = held != nullptr ? held->purpose : "its front panel";
  }
  return grant(at_the_panel, LeaseUse::Panel, now);
}

LeaseReply LeaseBook::take_over(const LeaseRequest& request, const Instant& now) {
  const auto* const held = holder(request.instrument, now);
  if (held != nullptr && is_of(*held, request.by)) {
    return take(request, now);
  }
  auto reply = grant(request, request.use, now);
  if (reply.accepted && reply.ended) {
    reply.text += fmt::format("; taken over from {}, who had it for '{}': {}",
                              reply.ended->who,
                              reply.ended->purpose,
                              request.reason);
    if (is_lent(*reply.ended) && reply.ended->process) {  // a wire knows no numbers
      reply.text +=
          fmt::format("; process {} still has the link, and nobody here ends it: see to it",
                      reply.ended->process->pid);
    }
  }
  return reply;
}

std::vector<EndedLease> LeaseBook::look(const std::function<bool(const ProcessMark&)>& lives,
                                        const Instant& now) {
  std::vector<EndedLease> ended;
  for (auto& lease : record_.leases) {
    if (lease.process && !lives(*lease.process)) {
      ended.push_back({lease, fmt::format("process {} has ended", lease.process->pid)});
    } else if (lease.process) {
      if (elapsed(lease.since, now) * 2 >= lease.length) {
        lease.since = now;
      }
    } else if (is_over(lease, now)) {
      ended.push_back({lease, fmt::format("its {} are over", to_text(lease.length))});
    }
  }
  for (const auto& one : ended) {
    std::erase(record_.leases, one.lease);
  }
  return ended;
}

std::string LeaseBook::objection_to_order(const std::string& instrument,
                                          const LeaseClaim& by,
                                          const Instant& now) const {
  if (by.safe_state) {
    return {};
  }
  const auto* const held = holder(instrument, now);
  if (held == nullptr) {
    return by.fence == 0 ? std::string{}
                         : fmt::format(
                               "lease {0} is over, and nobody holds {1} now: `fatmaster lease take "
                               "{1}` again",
                               by.fence,
                               instrument);
  }
  if (!is_of(*held, by)) {
    return held_by_another(*held, now);
  }
  return is_lent(*held)
             ? fmt::format(
                   "{0} is {1}: its link is not the station's meanwhile; `fatmaster lease "
                   "free {0}` first",
                   instrument,
                   in_words(*held, now))
             : std::string{};
}

std::string LeaseBook::why_never_lent(const std::string& instrument) const {
  return LeaseBook{*station_}.why_not_lent(instrument, {});
}

std::string LeaseBook::why_not_lent(const std::string& instrument, const Instant& now) const {
  for (const auto& interlock : station_->interlocks) {
    if (auto why_not = why_not_lent(interlock, instrument, now); !why_not.empty()) {
      return why_not;
    }
  }
  return {};
}

std::string LeaseBook::why_not_lent(const InterlockEntry& interlock,
                                    const std::string& instrument,
                                    const Instant& now) const {
  const auto channel_of = [&](const std::string& name) {
    return std::ranges::find(station_->channels, name, &ChannelEntry::name);
  };
  const auto refusal = [&](const ChannelEntry& channel, std::string_view why) {
    return fmt::format(
        "{0} cannot be lent: interlock {1} {2} {3}; 'may_be_lent = yes' in [channel {3}] of "
        "station.ini allows it",
        instrument,
        interlock.name,
        why,
        channel.name);
  };
  bool others = false;
  const ChannelEntry* needed = nullptr;
  for (const auto& name : interlock.channels) {
    const auto channel = channel_of(name);
    if (channel == station_->channels.end()) {
      continue;
    }
    const auto* const lease = holder(channel->instrument, now);
    const bool here = channel->instrument == instrument;
    others = others || (!here && (lease == nullptr || !is_lent(*lease)));
    needed = here && !channel->may_be_lent ? &*channel : needed;
  }
  if (needed != nullptr && !others) {
    return refusal(*needed, "has no other sensor than");
  }
  for (const auto& setting : interlock.settings) {
    const auto channel = channel_of(setting.channel);
    if (channel != station_->channels.end() && channel->instrument == instrument &&
        !channel->may_be_lent) {
      return refusal(*channel, "could not hold");
    }
  }
  return {};
}

}  // namespace fat

#include "fat/model/lease.hpp"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

#include "model/stored_instant.hpp"
#include "model/words.hpp"

namespace fat {

template <>
inline constexpr auto kParseWord<LeaseUse> = &parse_lease_use;

void describe(auto& fields, std::type_identity<ProcessMark>) {
  fields("pid", &ProcessMark::pid, Keep::Always);
  fields("start_time", &ProcessMark::start_time, Keep::Always);
  fields("boot_id", &ProcessMark::boot_id, Keep::Always);
}

void describe(auto& fields, std::type_identity<Lease>) {
  fields("instrument", &Lease::instrument, Keep::Always);
  fields("fence", &Lease::fence, Keep::Always);
  fields("who", &Lease::who, Keep::Always);
  fields("uid", &Lease::uid, Keep::Always);
  fields("purpose", &Lease::purpose, Keep::Always);
  fields("use", &Lease::use, Keep::Always);
  fields("since", &Lease::since, Keep::Always);
  fields("length_us", &Lease::length, Keep::Always);
  fields("process", &Lease::process);
}

void describe(auto& fields, std::type_identity<LeaseRecord>) {
  fields("newest_fence", &LeaseRecord::newest_fence, Keep::Always);
  fields("leases", &LeaseRecord::leases, Keep::Always);
}

namespace {

constexpr JsonLimits kLeaseLimits{.max_bytes = 4U << 20U, .max_depth = 8};

}  // namespace

std::string_view to_string(LeaseUse use) {
  switch (use) {
    case LeaseUse::Orders:
      return "orders";
    case LeaseUse::Link:
      return "link";
    case LeaseUse::Panel:
      return "panel";
  }
  return kNoSuchWord;
}

std::optional<LeaseUse> parse_lease_use(std::string_view text) {
  return parse_word(text, LeaseUse::Panel);
}

std::string to_json_text(const LeaseRecord& record) {
  return dump_text(encode_fields(record));
}

std::optional<LeaseRecord> lease_record_from_json_text(std::string_view text) {
  return decode_stored<LeaseRecord>(text, kLeaseLimits);
}

bool is_of(const Lease& lease, const LeaseClaim& claim) {
  if (lease.uid != claim.uid) {
    return false;
  }
  return claim.fence != 0 ? claim.fence == lease.fence : !lease.process && lease.who == claim.who;
}

Microseconds lease_left(const Lease& lease, const Instant& now) {
  return std::max(Microseconds{0}, lease.length - elapsed(lease.since, now));
}

bool is_lent(const Lease& lease) {
  switch (lease.use) {
    case LeaseUse::Orders:
      return false;
    case LeaseUse::Link:
    case LeaseUse::Panel:
      return true;
  }
  return true;
}

std::string in_words(const Lease& lease, const Instant& now) {
  const auto left = lease_left(lease, now);
  const auto until =
      lease.process
          ? fmt::format("as long as process {} lives", lease.process->pid)
          : fmt::format("until {} (another {})", to_local_text(now.wall + left), to_text(left));
  return fmt::format(
      "{} to {} for '{}' {}", is_lent(lease) ? "lent" : "leased", lease.who, lease.purpose, until);
}

}  // namespace fat

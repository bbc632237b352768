// Requests for instruments, as time passes -> who holds which. Pure: the one book of a station.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fat/model/lease.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// FreePanel: the holder's lease, or a new one, becomes one of use Panel.
enum class LeaseVerb { Take, Renew, Free, FreePanel, TakeOver };

struct LeaseRequest {
  LeaseVerb verb = LeaseVerb::Take;
  std::string instrument;
  LeaseClaim by;
  std::string purpose;  ///< of take, take over
  std::string reason;   ///< of take over
  LeaseUse use = LeaseUse::Orders;
  Microseconds length{0};
  std::optional<ProcessMark> process;  ///< a person's lease has none
};

struct LeaseReply {
  bool accepted = false;
  std::string text;              ///< a sentence: what holds now, or who holds it and what to do
  std::optional<Lease> granted;  ///< as it is from now on
  std::optional<Lease> ended;    ///< which had to make way, or was given back
  bool busy = false;             ///< refused only because somebody holds it now
};

/// A lease that ended by itself, and why.
struct EndedLease {
  Lease lease;
  std::string why;
};

class LeaseBook {
 public:
  static constexpr Microseconds kLongest = std::chrono::hours{24};

  /// `memory`: what was written down last. Borrows the station: devices, channels, interlocks.
  explicit LeaseBook(const Station& station, LeaseRecord memory = {});

  /// Never two holders; a fence is larger than every one before it.
  LeaseReply answer(const LeaseRequest& request, const Instant& now);

  /// Ends what is over and what belonged to a process that is gone; what belongs to a living one
  /// is renewed. To be called on a timer, and first after a restart.
  std::vector<EndedLease> look(const std::function<bool(const ProcessMark&)>& lives,
                               const Instant& now);

  /// What bars this one from ordering something of the instrument through the station: "" when
  /// nothing does. Interlocks and the safe state are never asked about.
  std::string objection_to_order(const std::string& instrument,
                                 const LeaseClaim& by,
                                 const Instant& now) const;

  /// What bars anybody from being lent it, as if nobody held anything: "" when nothing does.
  std::string why_never_lent(const std::string& instrument) const;

  /// nullptr: nobody holds it now.
  const Lease* holder(const std::string& instrument, const Instant& now) const;

  const LeaseRecord& record() const { return record_; }

 private:
  LeaseReply grant(const LeaseRequest& request, LeaseUse use, const Instant& now);
  LeaseReply take(const LeaseRequest& request, const Instant& now);
  LeaseReply renew(const LeaseRequest& request, const Instant& now);
  LeaseReply free(const LeaseRequest& request, const Instant& now);
  LeaseReply free_panel(const LeaseRequest& request, const Instant& now);
  LeaseReply take_over(const LeaseRequest& request, const Instant& now);
  std::string wrong_in(const LeaseRequest& request) const;
  std::string why_not_lent(const std::string& instrument, const Instant& now) const;
  std::string why_not_lent(const InterlockEntry& interlock,
                           const std::string& instrument,
                           const Instant& now) const;

  const Station* station_;  // never null; a pointer, for books are copied
  LeaseRecord record_;
};

}  // namespace fat

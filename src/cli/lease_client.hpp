// A wish for a lease -> the process that keeps the leases of this station.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/bench_files.hpp"
#include "cli/lease_pages.hpp"

namespace fat {

/// A lease as that process, or its file, tells it.
struct ToldLease {
  std::string instrument, text;
  std::uint64_t fence = 0;
  LeaseUse use = LeaseUse::Orders;
  bool closing = false;
  std::string panel;
};

/// nullopt when nobody keeps leases here: `fatmaster station` does not run. Throws CommandError
/// when it does not answer.
std::optional<LeaseWord> ask_for_lease(const BenchFiles& files, const LeaseRequest& request);

/// Asks again until it is granted, refused for another reason than a holder, or `patience` is over;
/// a lease in the file of a station process that does not run is waited for as well;
/// `say` hears who holds it whenever that is news.
std::optional<LeaseWord> wait_for_lease(const BenchFiles& files,
                                        const LeaseRequest& request,
                                        Microseconds patience,
                                        const std::function<void(const std::string&)>& say);

/// On stderr, and as what the step does now, where this process is one.
void report_waiting(const std::string& text);

/// As JSON text of `/v1/leases`; nullopt as above.
std::optional<std::string> told_leases_text(const BenchFiles& files);
std::vector<ToldLease> told_leases(const std::string& json_text);

/// What of these hinders an order from here when nobody keeps the leases: what its file says. ""
/// when nothing does.
std::string objection_without_keeper(const BenchFiles& files,
                                     const std::string& instrument,
                                     const LeaseClaim& by,
                                     const Instant& now);

/// Those in force, as the file says; waits for nobody.
std::vector<Lease> leases_in_file(const BenchFiles& files, const Instant& now);

/// A line for each lease in force, as the file says; waits for nobody.
std::string lease_lines(const BenchFiles& files, const Instant& now);

/// This process belongs to a step of a safe state: FATMASTER_SAFE_STATE.
bool in_safe_state();

/// Of the link alone: whom it is lent to, so that no reader of ours opens it. "" to nobody.
std::string loan_without_keeper(const BenchFiles& files,
                                const std::string& instrument,
                                const Instant& now);

/// The number of the lease that this process was given for that instrument: FATMASTER_LEASES,
/// "supply=17,plates=18". 0: none.
std::uint64_t fence_given(const std::string& instrument);

}  // namespace fat

// Requests for leases -> the station's one book, its file and the links it lends. By a thread of
// its own: neither a slow disk nor a slow instrument holds up whoever only asks who holds what.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fat/engine/lease_book.hpp"
#include "fat/ports/clock.hpp"
#include "fat/runner/bench_reader.hpp"

namespace fat {

/// Where the link of a lent instrument is: "closing" until its own thread has let it go.
struct ShownLease {
  Lease lease;
  std::string text;      ///< "leased to ... until ..."
  Microseconds left{0};  ///< of a process's: until it is renewed at the latest
  bool closing = false;
  std::string panel;  ///< what became of its front panel; empty: nobody asked for it
};

class LeaseDesk {
 public:
  /// What is borrowed outlives it.
  struct Parts {
    const Station& station;
    BenchReader& bench;
    const Clock& clock;
    std::filesystem::path file;
    std::function<void(const std::string&)> say;    ///< who took, who gave back
    std::function<void(const std::string&)> alarm;  ///< taken over, ended by itself, not written
    /// Whatever of this process still has the instrument's link open lets it go. Throws
    /// DeviceError.
    std::function<void(const std::string& instrument)> let_go;
  };

  /// Goes on with what the file says. Of a damaged one nobody knows who held what: all is free, it
  /// is said, and the numbers go on far behind those that were.
  explicit LeaseDesk(Parts parts);
  ~LeaseDesk();
  LeaseDesk(const LeaseDesk&) = delete;
  LeaseDesk& operator=(const LeaseDesk&) = delete;

  /// Any thread. Returns when what it changed is durable; after 3 s it is refused in words, and
  /// then nobody knows whether it will be done.
  LeaseReply ask(LeaseRequest request);

  /// As `LeaseBook::objection_to_order`. Any thread, waits for nothing.
  std::string objection_to_order(const std::string& instrument, const LeaseClaim& by) const;

  /// Any thread, waits for nothing.
  std::vector<ShownLease> leases() const;

 private:
  struct Asked {
    LeaseRequest request;
    std::promise<LeaseReply> reply;
  };

  /// What was lent by the bench, under which number.
  struct Lent {
    std::uint64_t fence = 0;
    bool closing = true;
    std::string panel;
  };

  static LeaseRecord remembered(const Parts& parts);
  void work(const std::stop_token& stop);
  LeaseReply answer(const LeaseRequest& request);
  void look();
  bool write(const LeaseRecord& record);
  void adopt(LeaseBook book);
  void lend_and_take_back(const LeaseBook& book);
  void share(const LeaseBook& book);
  void lend(const Lease& lease);
  void has_let_go(const Lease& lease, bool panel, const std::string& failure);

  Parts parts_;
  mutable std::mutex mutex_;
  std::condition_variable_any bell_;
  std::deque<Asked> asked_;           // guarded by mutex_
  LeaseBook book_;                    // written by the thread, guarded by mutex_
  std::map<std::string, Lent> lent_;  // guarded by mutex_; by instrument
  std::set<std::string> shared_;      // of the thread; links that a program may open as well
  bool unwritten_ = false;            // of the thread; what ended by itself
  bool fails_ = false;                // of the thread
  std::jthread thread_;               // last: it uses all of the others
};

}  // namespace fat

// The channels of a station -> what their instruments answer, each asked at its period; and orders
// to these instruments, which come first.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/quantity_source.hpp"
#include "fat/runner/time_lapse.hpp"

namespace fat {

/// Takes the answer for a channel, given by its place in the list, at the moment it came. Calls
/// never overlap; they come from the instruments' threads.
using TakeAnswer =
    std::function<void(std::size_t channel, const RawReading& raw, const Instant& at)>;

/// What an instrument shall do now.
struct BenchOrder {
  std::string instrument;
  std::optional<std::size_t> channel;  ///< which of its channels is set; nullopt: `make_safe`
  std::vector<std::size_t> reads;      ///< nothing is set: these channels are read at once
  double value = 0;
  bool urgent = false;  ///< of an interlock: what a person asks for gives way
  /// Asked just before it is carried out, by the instrument's thread: why it no longer may be.
  /// None: it may.
  std::function<std::string()> objection;
};

/// Whose an instrument's link is meanwhile.
struct BenchLoan {
  std::string to;      ///< what its channels say: "lent to anna (uid 1000) for 'scan'"
  bool panel = false;  ///< the instrument is told to free its front panel first
};

/// The link is closed. `panel`: the instrument was told; `failure`: why it was not; both empty: it
/// has no words for that.
using TellLent = std::function<void(bool panel, const std::string& failure)>;

/// "" when the order was carried out and read back, else why not.
using TellOrder = std::function<void(const BenchOrder& order, const std::string& failure)>;

/// Each instrument has a thread of its own: one that does not answer holds no other up. An
/// instrument's link is let go between two rounds, so that steps and people can use it too, unless
/// one of its channels is read more often than once a second.
class BenchReader {
 public:
  /// What is borrowed must outlive it. `lapse`: whose time `clock` shows, when that jumps; else
  /// nullptr.
  BenchReader(const QuantitySources& sources,
              const Clock& clock,
              std::vector<ChannelEntry> channels,
              TakeAnswer take,
              TimeLapse* lapse = nullptr);

  /// From any thread, never waits: the instrument's own thread does it before its next question,
  /// reads the channel back at once, and calls `tell`; one order after another. What is urgent
  /// comes first, and what waits for the same channel, or comes while it waits, gives way: `tell`
  /// hears that, as of an instrument without channels, or for which 100 wait. REQUIRES:
  /// `read_until` runs, or will.
  void order(BenchOrder order, TellOrder tell);

  /// From any thread, never waits: the instrument's own thread closes its link behind the question
  /// it is at, and calls `tell`. From then on its channels show that they are lent; only urgent
  /// orders still open the link, each for as long as it takes. Of an instrument without channels
  /// nothing is held: `tell` is called at once. What was lent before is lent anew.
  void lend(const std::string& instrument, BenchLoan loan, TellLent tell);

  /// The link is the reader's again. From any thread, never waits.
  void take_back(const std::string& instrument);

  /// The link is let go between two rounds however often it is asked: a program that orders things
  /// of the instrument opens it as well. From any thread, never waits.
  void share(const std::string& instrument, bool shared);

  /// Every channel once. Returns when each has answered or failed to.
  void read_once();

  /// Every channel at its period until `stop`, which an instrument notices after the answer it
  /// waits for. A period that went by during a slow answer is left out, not made up for. `part` of
  /// a lapse ends when each instrument has one.
  void read_until(std::stop_token stop, std::unique_ptr<TimeLapse::Part> part = nullptr);

 private:
  using Channels = std::vector<std::size_t>;

  struct Order {
    BenchOrder order;
    TellOrder tell;
  };

  /// One instrument's part.
  struct Instrument {
    Channels channels;
    std::mutex mutex;
    std::condition_variable_any bell;
    std::vector<Order> orders;      // guarded by mutex
    std::optional<BenchLoan> loan;  // guarded by mutex
    TellLent tell_lent;             // guarded by mutex; empty: it was called
    bool changed = false;           // guarded by mutex; lent, taken back, shared
    bool shared = false;            // guarded by mutex
  };

  static bool has_urgent(const std::vector<Order>& orders, const BenchOrder& order);
  static std::vector<Order> queue_urgent(std::vector<Order>& orders, Order urgent);

  using Work = std::function<void(const std::string&, Instrument&)>;

  void on_each_instrument(const Work& work, std::unique_ptr<TimeLapse::Part> part);
  void wait_until(Microseconds due, Instrument& instrument, const std::stop_token& stop);
  void follow(const std::string& name, Instrument& instrument, const std::stop_token& stop);
  /// Returns the channels that were set or read: an answer from before is old.
  Channels carry_out_orders(const std::string& name,
                            Instrument& instrument,
                            std::unique_ptr<QuantitySource>& source);
  void read_at_once(const std::string& name,
                    const Channels& channels,
                    std::unique_ptr<QuantitySource>& source);
  void carry_out(const std::string& name,
                 const Order& order,
                 std::unique_ptr<QuantitySource>& source);
  static bool keeps_link(Instrument& instrument);
  /// True while it is lent.
  bool let_link_go(const std::string& name,
                   Instrument& instrument,
                   std::unique_ptr<QuantitySource>& source);
  void show_lent(Instrument& instrument, const Channels& channels);
  void read(const std::string& name,
            Instrument& instrument,
            std::unique_ptr<QuantitySource>& source,
            const Channels& channels);
  void deliver(const Channels& channels,
               const std::vector<RawReading>& answers,
               const Channels& without);

  const QuantitySources& sources_;
  const Clock& clock_;
  TimeLapse* lapse_;
  std::vector<ChannelEntry> channels_;
  std::map<std::string, Instrument> instruments_;
  TakeAnswer take_;  // guarded by mutex_
  std::mutex mutex_;
};

}  // namespace fat

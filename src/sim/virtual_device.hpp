// Bytes from a client -> bytes to it, and the faults that were asked for. Knows no sockets and is
// told the time.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/sim/module_fault.hpp"

namespace fat {

/// A fault that only one kind of device can have.
struct OwnFault {
  std::string_view name;
  int first_channel = 0, last_channel = -1;  ///< none: it concerns the whole device

  bool has_channels() const { return last_channel >= first_channel; }
};

/// A device on its wire. As on a serial line, lines are executed one after another, and a reply
/// that is late reaches whoever is connected by then. Implementations: `VirtualModule`,
/// `ScpiInstrument`, `VirtualWheel`, `VirtualThermometer`, `VirtualHumidity`, `VirtualChiller`,
/// `VirtualFieldHub`, and those of slow control.
class VirtualDevice {
 public:
  /// `line_end`: the byte that ends a client's line; a CR before an LF belongs to it.
  VirtualDevice(char line_end, Microseconds latency) : line_end_(line_end), latency_(latency) {}

  virtual ~VirtualDevice() = default;
  VirtualDevice(const VirtualDevice&) = delete;
  VirtualDevice& operator=(const VirtualDevice&) = delete;

  void receive(std::string_view bytes, Microseconds now);
  /// What is due for the client by now; handed out once.
  std::string take_output(Microseconds now);
  /// When there will be more without further input.
  std::optional<Microseconds> next_due() const;

  /// True once when a Close fault struck.
  bool hangs_up() { return std::exchange(hang_up_, false); }

  /// True while it has so many lines to do that it should be sent no more.
  bool is_busy() const { return lines_.size() >= kMaxLines; }

  /// Forgets half a line.
  virtual void client_left() { partial_.clear(); }

  /// Replaces the fault that was set before.
  void inject(const FaultScript& fault) { fault_ = fault; }

  /// What else can be wrong with it than its wire.
  virtual std::vector<OwnFault> own_faults() const { return {}; }

  /// REQUIRES: one of its own, and a channel of it. `now` is the wire's time.
  virtual void set_own_fault(std::string_view /*name*/,
                             int /*channel*/,
                             bool /*on*/,
                             Microseconds /*now*/) {}

  /// What a line is answered by, and how much later than usual.
  struct Answer {
    std::string bytes;  ///< empty: none
    Microseconds after{0};
  };

 protected:
  virtual Answer execute(const std::string& line, Microseconds now) = 0;

  /// Asked after each byte: the command in what came so far, taken out of it, without its line end;
  /// nullopt while it is not whole.
  virtual std::optional<std::string> take_line(std::string& partial) const;

  /// When it speaks unasked; nullopt: never.
  virtual std::optional<Microseconds> next_push() const { return std::nullopt; }

  virtual std::string push() { return {}; }

  /// A reply that is not due yet will not be given.
  void drop_pending() { pending_.reset(); }

 private:
  struct Pending {
    Microseconds due;
    std::string bytes;
  };

  static constexpr std::size_t kMaxLines = 64;

  void step(Microseconds now);
  void push_when_due(Microseconds now);
  void answer(Answer answer, const std::optional<FaultScript>& fault, Microseconds now);
  std::optional<FaultScript> take_fault();
  bool swallows(const std::optional<FaultScript>& fault);
  static void spoil(const FaultScript& fault, Pending& reply);

  char line_end_;
  Microseconds latency_;
  std::optional<FaultScript> fault_;
  std::string partial_;
  std::deque<std::string> lines_;
  std::optional<Pending> pending_;
  std::string output_;
  bool hang_up_ = false;
};

}  // namespace fat

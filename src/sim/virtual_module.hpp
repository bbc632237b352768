// Bytes from a client -> bytes to it: echo, reply, prompt, and the faults that were asked for.
// Knows no sockets.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fat/sim/module_fault.hpp"
#include "sim/forth.hpp"
#include "sim/module_model.hpp"
#include "sim/module_words.hpp"

namespace fat {

/// One module behind its bridge. As on a serial line, lines are executed one after another, and a
/// reply that is late reaches whoever is connected by then.
class VirtualModule {
 public:
  /// `speed` is how fast the physics runs; the wire keeps to `now`.
  VirtualModule(ModuleIdentity identity, const VirtualModuleOptions& options, double speed = 1);
  VirtualModule(const VirtualModule&) = delete;
  VirtualModule& operator=(const VirtualModule&) = delete;

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
  void client_left() { partial_.clear(); }

  /// Replaces the fault that was set before.
  void inject(const FaultScript& fault) { fault_ = fault; }

  const ModuleModel& model() const { return model_; }

 private:
  struct Pending {
    Microseconds due;
    std::string bytes;
  };

  static constexpr std::size_t kMaxLines = 64;

  void step(Microseconds now);
  void execute(const std::string& line, Microseconds now);
  std::optional<FaultScript> take_fault();
  static void spoil(const FaultScript& fault, Pending& reply);

  Microseconds latency_;
  double speed_;
  ModuleModel model_;
  BoardState board_;
  Forth forth_;
  std::optional<FaultScript> fault_;
  std::string partial_;
  std::deque<std::string> lines_;
  std::optional<Pending> pending_;
  std::string output_;
  bool hang_up_ = false;
};

}  // namespace fat

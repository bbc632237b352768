// A wire that a test writes: what comes back after each send, and when; time passes by itself.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "devices/link.hpp"
#include "fakes/manual_clock.hpp"

namespace fat {

/// What the peer sends, this long after it was sent something (or after the piece before it).
struct Piece {
  std::string bytes;
  Microseconds after{0};
  bool closes = false;
};

/// Answers each line by `peer`. Waiting advances the clock.
class ScriptedLink : public Link {
 public:
  using Peer = std::function<std::vector<Piece>(const std::string& line)>;

  ScriptedLink(ManualClock& clock, Peer peer) : clock_(clock), peer_(std::move(peer)) {}

  std::string name() const override { return "script"; }

  std::string wire() const override { return "script"; }

  Exchange begin(Microseconds) override {
    return others_turn ? Exchange{DeviceFault::Busy, "another speaks", {}} : Exchange{};
  }

  Exchange open(Microseconds) override {
    ++opened;
    is_open = true;
    if (!keeps_late) {
      coming_.clear();
    }
    return {};
  }

  void close() override { is_open = false; }

  Exchange send(std::string_view bytes, Microseconds) override {
    if (is_lost()) {
      return {DeviceFault::Closed, "cannot send", {}};
    }
    sent.emplace_back(bytes);
    for (auto& piece : peer_(sent.back())) {
      coming_.push_back(std::move(piece));
    }
    return {};
  }

  Exchange receive(Microseconds timeout) override {
    if (is_lost()) {
      return {DeviceFault::Closed, "the peer closed the connection", {}};
    }
    if (coming_.empty() || coming_.front().after > timeout) {
      clock_.advance(timeout);
      if (!coming_.empty()) {
        coming_.front().after -= timeout;
      }
      return {DeviceFault::Timeout, "nothing in time", {}};
    }
    auto piece = std::move(coming_.front());
    coming_.pop_front();
    clock_.advance(piece.after);
    return piece.closes ? Exchange{DeviceFault::Closed, "the peer closed the connection", {}}
                        : Exchange{{}, {}, std::move(piece.bytes)};
  }

  /// What comes without anybody having asked.
  void push(Piece piece) { coming_.push_back(std::move(piece)); }

  int opened = 0;
  bool is_open = false;
  bool keeps_late = false;  ///< as a serial line does: what is late reaches the next who opens it
  bool others_turn = false;
  int calls_until_lost = -1;  ///< of sends and receives; that one finds the link closed, once
  std::vector<std::string> sent;

 private:
  bool is_lost() {
    const bool lost = calls_until_lost == 0;
    calls_until_lost = std::max(calls_until_lost - 1, -1);
    return lost;
  }

  ManualClock& clock_;
  Peer peer_;
  std::deque<Piece> coming_;
};

}  // namespace fat

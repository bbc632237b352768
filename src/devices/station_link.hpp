// A device whose wire another process owns -> the same bytes to it and back, in turns.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "devices/link.hpp"
#include "devices/wire_words.hpp"
#include "fat/devices/wire_claim.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {

/// Joins the owner anew when that was started anew. For one thread.
class StationLink : public Link {
 public:
  StationLink(StationWire station, std::string wire)
      : station_(std::move(station)), wire_(std::move(wire)) {}

  std::string name() const override { return station_.claim.link + " through fatmaster station"; }

  std::string wire() const override { return wire_; }

  bool has_turns() const override { return true; }

  Exchange begin(Microseconds patience) override;
  void end() override;
  Exchange open(Microseconds timeout) override;
  void close() override;
  Exchange send(std::string_view bytes, Microseconds timeout) override;
  Exchange request_reply(Microseconds timeout) override;
  std::optional<Exchange> free_panel(Microseconds timeout) override;
  Exchange receive(Microseconds timeout) override;

  /// False: nobody owns the wire, it is to be opened here. Somebody who does not answer owns it,
  /// but for a safe state.
  bool has_owner();

 private:
  Exchange join();
  /// 0, or why not: a number of errno.
  int connect();
  WireReply ask(const WireRequest& request);

  StationWire station_;
  std::string wire_;
  OwnedFd socket_;
  LineSocket lines_{-1};
};

}  // namespace fat

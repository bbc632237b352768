// What guest and owner of a wire say to each other: a line of JSON each, in turns.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "devices/exchange.hpp"
#include "fat/devices/wire_claim.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {

/// Join comes first, once. The others are those of `Link`.
enum class WireVerb { Join, Begin, End, Open, Close, Send, RequestReply, FreePanel, Receive };

struct WireRequest {
  WireVerb verb = WireVerb::Join;
  Microseconds timeout{0};  ///< 0 to 10 min
  std::string bytes;        ///< of Send
  WireClaim claim;          ///< of Join; without uid
};

struct WireReply {
  Exchange exchange;
  bool done = true;  ///< false: this kind of wire has nothing of the sort
};

std::string to_line(const WireRequest& request);
std::string to_line(const WireReply& reply);

/// nullopt when the line is none.
std::optional<WireRequest> wire_request(std::string_view line);
std::optional<WireReply> wire_reply(std::string_view line);

/// A Unix socket of lines, each at most 4 MiB long.
class LineSocket {
 public:
  explicit LineSocket(int descriptor) : descriptor_(descriptor) {}

  /// The line without its end. Half a line in `timeout` is a Timeout too, however it drips.
  Exchange read(Microseconds timeout);
  Exchange write(const std::string& line, Microseconds timeout) const;

 private:
  int descriptor_;
  std::string waiting_;
};

}  // namespace fat

// A protocol in data (frame, identity, refusals) -> questions answered, settings taken.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "devices/dialogue.hpp"

namespace fat {

enum class Framing {
  Line,           ///< to `reply_end`
  Packet,         ///< STX text ETX
  CheckedPacket,  ///< STX text checksum ETX
  Enquiry,        ///< ACK, then the line that ENQ asks for
  FirstOfStream,  ///< the first line of many
};

/// How instruments of one family talk. They answer in order.
struct Dialect {
  Framing framing = Framing::Line;
  std::string before;              ///< each command: "$BD:00,"
  std::string end = "\r\n";        ///< of each command
  std::string reply_before;        ///< each good reply, not part of it: "#BD:00,CMD:OK"
  std::string reply_end = "\r\n";  ///< of each reply, where the framing does not say it
  DeviceCommand identity;  ///< its form holds for no other reply: what comes before it is late
  /// The instrument says no; nullptr: it never does.
  bool (*refuses)(std::string_view reply) = nullptr;
  /// Whether the reply belongs to the line; nullptr: nothing in it says so.
  bool (*answers)(std::string_view line, std::string_view reply) = nullptr;
  ReplyForm set_reply = nullptr;  ///< what a setting is answered by; nullptr: nothing
  std::string stop;  ///< ends whatever the instrument still does: sent before identifying it and
                     ///< after the first line of a stream
};

class LineSession : public Dialogue {
 public:
  LineSession(SessionParts parts, Dialect dialect)
      : Dialogue(std::move(parts)), dialect_(std::move(dialect)) {}

  std::string query(const DeviceCommand& command, const std::string& line) override;
  void set(const std::string& line) override;
  const std::string& identity() override;

 protected:
  Exchange synchronise() override;
  std::unique_ptr<Framer> framer(const std::string& line) const override;
  bool refuses(std::string_view reply) const override;
  bool answers(const std::string& line, std::string_view reply) const override;
  std::string framed(const std::string& line) const override;

 private:
  Exchange find_identity();
  std::string identity_in(std::string_view late) const;
  std::string bare(const std::string& reply) const;

  Dialect dialect_;
  std::string identity_;
};

}  // namespace fat

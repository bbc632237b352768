// FieldHub controller of one wire pair: JSON requests over ZeroMQ.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "devices/session.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

/// What a reply says. `status` is "OK" or a refusal such as "?NOCONN", "?TIMEOUT", "?NOREPLY".
struct FieldHubReply {
  std::string status;
  std::string value;  ///< text or number as text; of a list, its members separated by blanks
};

/// nullopt unless the text is one JSON object with a text "status".
std::optional<FieldHubReply> parse_field_hub_reply(std::string_view text);

class FieldHubSession : public Session {
 public:
  using Session::Session;

 protected:
  /// ZeroMQ itself keeps replies and requests together; the list of devices says who is there.
  Exchange synchronise() override;
  std::unique_ptr<Framer> framer(const std::string& line) const override;
  bool refuses(std::string_view reply) const override;

  std::string_view line_end() const override { return ""; }
};

class FieldHubController : public FieldHub {
 public:
  explicit FieldHubController(SessionParts parts) : session_(std::move(parts)) {}

  std::vector<int> devices() override;
  bool probe(int device) override;
  void set_wire_pair_power(bool on) override;
  WirePairPower wire_pair_power() override;
  void set_module_power(int device, bool on) override;
  void allow(int device, ModuleInterlock interlock) override;

 private:
  std::string ask(const DeviceCommand& command, int device);

  FieldHubSession session_;
};

}  // namespace fat

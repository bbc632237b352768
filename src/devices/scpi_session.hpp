// An instrument that speaks SCPI -> queries answered, settings taken and read back.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "devices/dialogue.hpp"
#include "devices/scpi_reply.hpp"

namespace fat {

namespace scpi {

inline constexpr DeviceCommand kIdentity{"*IDN?", is_scpi_identity, true};
inline constexpr DeviceCommand kError{"SYST:ERR?", is_scpi_error, false};  // reading removes it

}  // namespace scpi

/// After each setting the error queue is read: an instrument that does not understand says nothing
/// else. An unknown query has no answer at all, so after a time-out the queue tells why.
class ScpiSession : public Dialogue {
 public:
  /// `model`: text that the instrument's identity must contain; empty: any instrument will do.
  ScpiSession(SessionParts parts, std::string model)
      : Dialogue(std::move(parts)), model_(std::move(model)) {}

  std::string query(const DeviceCommand& command, const std::string& line) override;

  std::string query(const DeviceCommand& command) {
    return query(command, std::string{command.words});
  }

  double number(const DeviceCommand& command);
  bool boolean(const DeviceCommand& command, const std::string& line);

  /// Sends a setting, then asks for errors. Throws DeviceError{Refused} with the instrument's
  /// words.
  void set(const std::string& line) override;
  /// As `set`, and throws DeviceError{Refused} unless `query` reads back as the value; numbers to
  /// one part in 10^4.
  void set_number(const std::string& setting, const DeviceCommand& query, double value);
  void set_boolean(const std::string& setting,
                   const DeviceCommand& query,
                   const std::string& line,
                   bool value);

  /// As the instrument said at the start of the session.
  const std::string& identity() override;
  /// "what was set" reads back as something else.
  [[noreturn]] void refuse_read_back(const std::string& setting, const std::string& read_back);

 protected:
  Exchange synchronise() override;
  std::unique_ptr<Framer> framer(const std::string& line) const override;

 private:
  Exchange reach_a_number();
  void require_no_errors(const std::string& line);

  std::string model_;
  std::string identity_;
};

}  // namespace fat

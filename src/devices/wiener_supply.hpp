// A Wiener crate or supply by SNMP -> an instrument.
#pragma once

#include <string>
#include <vector>

#include "devices/link_lock.hpp"
#include "devices/snmp_client.hpp"
#include "fat/ports/device_error.hpp"
#include "fat/ports/instrument.hpp"

namespace fat {

struct WienerParts {
  const Clock& clock;  ///< must outlive the supply
  std::string device;
  std::string host;  ///< "192.168.1.2" or "192.168.1.2:161"
  int outputs = 1;
  /// SNMP's communities: to read, to switch the crate, to set its outputs (reference 1.1).
  std::string read_community = "public", main_community = "private", output_community = "guru";
  double max_voltage = 0, max_current = 0;  ///< V, A: never set above them
  LinkTimeouts timeouts;                    ///< `first_byte`: of one answer
  LinkLocks locks;
};

/// WIENER-CRATE-MIB by SNMP v2c. Each request has a number of its own, so a late answer is none;
/// what is read is asked for twice, what is set once, and read back.
class WienerSupply : public Instrument {
 public:
  explicit WienerSupply(WienerParts parts);

  std::string identity() override;
  std::vector<InstrumentQuantity> quantities() const override;
  double read(const std::string& quantity, int input) override;
  void set(const std::string& quantity, int input, double value) override;
  /// Outputs off; the main switch stays.
  void make_safe() override;

  bool release() override { return false; }

 private:
  struct Object;

  static const std::vector<Object>& objects();
  [[noreturn]] void fail(DeviceFault fault, const std::string& text) const;
  const Object& find(const std::string& quantity, int input) const;
  SettingRange range(const Object& object) const;
  void require_in_range(const Object& object, double value) const;
  SnmpRequest request(const Object& object, int input) const;
  /// Holds the lock of the supply meanwhile.
  SnmpValue transact(const SnmpRequest& request, const std::string& quantity);

  WienerParts parts_;
  LinkLock lock_;
};

}  // namespace fat
